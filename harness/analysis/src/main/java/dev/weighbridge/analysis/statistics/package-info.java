/** Statistics, each of them once, on commons-statistics. */
@NullMarked
package dev.weighbridge.analysis.statistics;

import org.jspecify.annotations.NullMarked;
