/** Evaluation and rescoring on Apache Spark, with the results of a single machine. */
@NullMarked
package dev.weighbridge.spark;

import org.jspecify.annotations.NullMarked;
