package dev.weighbridge.analysis.load;

import dev.weighbridge.results.Measurement;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A rate over the steady window, with a 95 % interval from within the run: percentile bootstrap over equal slices of the
 * window (Efron 1979). Slices, not requests, are resampled, because requests that share a batch are not independent.
 */
final class SlicedRate {
    private static final int SLICES = 20;
    private static final int RESAMPLES = 2_000;
    private static final long SEED = 20_240_601L;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Window window;
    private final double[] amounts = new double[SLICES];
    private double total;
    private long events;

    SlicedRate(Window window) {
        this.window = window;
    }

    void add(long nanos, double amount) {
        if (window.contains(nanos)) {
            int slice = (int) ((nanos - window.startNanos()) * (double) SLICES / window.nanos());
            amounts[Math.min(slice, SLICES - 1)] += amount;
            total += amount;
            events++;
        }
    }

    /** The rate a second; empty when nothing fell into the window. */
    Optional<Measurement> measurement(String name, String unit) {
        if (events == 0) {
            return Optional.empty();
        }
        double seconds = window.nanos() / NANOS_PER_SECOND;
        SplittableRandom random = new SplittableRandom(SEED);
        double[] rates = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            double sum = 0;
            for (int j = 0; j < SLICES; j++) {
                sum += amounts[random.nextInt(SLICES)];
            }
            rates[i] = sum / seconds;
        }
        Arrays.sort(rates);
        return Optional.of(new Measurement(
                name,
                "",
                name,
                total / seconds,
                unit,
                events,
                rates[(int) (0.025 * RESAMPLES)],
                rates[(int) (0.975 * RESAMPLES) - 1],
                false));
    }
}
