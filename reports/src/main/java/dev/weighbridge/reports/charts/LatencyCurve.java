package dev.weighbridge.reports.charts;

import org.HdrHistogram.Histogram;

/**
 * All values of one latency of a variant.
 *
 * @param name of the variant
 * @param engine of the variant
 * @param nanos its values in nanoseconds, over all repeats
 */
public record LatencyCurve(String name, String engine, Histogram nanos) {}
