/** Rows of Parquet files, with memory bounded whatever a file says of itself. */
@NullMarked
package dev.weighbridge.datasets.parquet;

import org.jspecify.annotations.NullMarked;
