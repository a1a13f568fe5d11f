/** Rows of data sets, from files in the formats in which they are published. */
@NullMarked
package dev.weighbridge.datasets.source;

import org.jspecify.annotations.NullMarked;
