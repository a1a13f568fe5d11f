package dev.weighbridge.interchange;

import java.util.Arrays;

/** How values are spread, as NumPy computes it, which the tools that are written for use. */
record Spread(double[] sorted) {
    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    int count() {
        return sorted.length;
    }

    double mean() {
        return sorted.length == 0 ? 0 : Arrays.stream(sorted).sum() / sorted.length;
    }

    /** Standard deviation of the values themselves, not of a population that they were drawn from. */
    double deviation() {
        double mean = mean();
        return sorted.length == 0
                ? 0
                : Math.sqrt(Arrays.stream(sorted)
                                .map(value -> (value - mean) * (value - mean))
                                .sum()
                        / sorted.length);
    }

    /** Percentile by linear interpolation between the closest ranks: rank (n − 1)·p/100 from 0. */
    double percentile(double percent) {
        if (sorted.length == 0) {
            return 0;
        }
        double rank = (sorted.length - 1) * percent / 100;
        int below = (int) Math.floor(rank);
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
}
