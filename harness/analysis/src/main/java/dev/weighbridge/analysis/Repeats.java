package dev.weighbridge.analysis;

import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Optional;

/** Puts the same figure of several repeats together. */
final class Repeats {
    /** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; the normal one is used beyond. */
    private static final double[] STUDENT_T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
        2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double NORMAL = 1.960;

    private Repeats() {}

    /**
     * The mean of the repeats with its interval by Student's t; a single repeat keeps the interval it came with.
     *
     * @return empty for no repeats
     */
    static Optional<Measurement> combine(List<Measurement> repeats) {
        if (repeats.size() <= 1) {
            return repeats.stream().findFirst();
        }
        int n = repeats.size();
        double mean = repeats.stream().mapToDouble(Measurement::value).sum() / n;
        double squares = repeats.stream()
                .mapToDouble(m -> (m.value() - mean) * (m.value() - mean))
                .sum();
        double quantile = n - 2 < STUDENT_T.length ? STUDENT_T[n - 2] : NORMAL;
        double half = quantile * Math.sqrt(squares / (n - 1) / n);
        Measurement first = repeats.get(0);
        return Optional.of(new Measurement(
                first.name(),
                first.scope(),
                first.definition(),
                mean,
                first.unit(),
                repeats.stream().mapToLong(Measurement::samples).sum(),
                mean - half,
                mean + half,
                repeats.stream().anyMatch(Measurement::uncertain)));
    }
}
