package dev.weighbridge.analysis.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/** A family of p-values in ascending order of size. */
final class PValues {
    private PValues() {}

    /** Indexes of the values, smallest value first. */
    static int[] ascending(double[] p) {
        for (double value : p) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException("p-values are between 0 and 1, got: " + value);
            }
        }
        return IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(index -> p[index]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
