/** Pure functions of a run directory: figures, statistics, capacity, cost, accuracy, decision. */
@NullMarked
package dev.weighbridge.analysis;

import org.jspecify.annotations.NullMarked;
