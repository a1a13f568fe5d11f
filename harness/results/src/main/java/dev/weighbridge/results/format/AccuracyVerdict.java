package dev.weighbridge.results.format;

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

    private final String label;

    AccuracyVerdict(String label) {
        this.label = label;
    }

    public String label() {
        return label;
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
