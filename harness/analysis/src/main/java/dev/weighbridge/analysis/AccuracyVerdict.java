package dev.weighbridge.analysis;

import dev.weighbridge.results.Measurement;
import java.util.Optional;

/** Whether a variant is as accurate as the baseline, by the interval of its paired difference and the study's margin. */
public enum AccuracyVerdict {
    /** The whole interval lies above minus the margin. */
    NON_INFERIOR("non-inferior"),
    /** The whole interval lies below minus the margin. */
    INFERIOR("inferior"),
    /** The interval holds minus the margin: more samples would settle it. */
    INCONCLUSIVE("inconclusive");

    private static final String DIFFERENCE = "accuracy_difference";

    private final String label;

    AccuracyVerdict(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /**
     * Judges a variant: by its difference over all samples, and as inferior too when it is so on any single task.
     *
     * @param margin largest loss that is still non-inferior, as a share
     * @return empty when the difference over all samples was not measured with an interval
     */
    public static Optional<AccuracyVerdict> of(VariantSummary row, double margin) {
        boolean inferiorOnATask = row.figures().entrySet().stream()
                .filter(figure -> figure.getKey().startsWith(DIFFERENCE + ":"))
                .anyMatch(figure -> of(figure.getValue(), margin).orElse(NON_INFERIOR) == INFERIOR);
        return row.figure(DIFFERENCE).flatMap(pooled -> of(pooled, margin)).map(v -> inferiorOnATask ? INFERIOR : v);
    }

    /**
     * Judges a difference.
     *
     * @param difference variant minus baseline, as a share
     * @param margin largest loss that is still non-inferior, as a share
     * @return empty when the difference has no interval
     */
    public static Optional<AccuracyVerdict> of(Measurement difference, double margin) {
        Double low = difference.low();
        Double high = difference.high();
        if (low == null || high == null) {
            return Optional.empty();
        }
        if (low > -margin) {
            return Optional.of(NON_INFERIOR);
        }
        return Optional.of(high < -margin ? INFERIOR : INCONCLUSIVE);
    }
}
