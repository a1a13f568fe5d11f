/** Tasks as files: what they ask, of which rows, and how answers are judged. */
@NullMarked
package dev.weighbridge.datasets.definition;

import org.jspecify.annotations.NullMarked;
