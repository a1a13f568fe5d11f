package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import java.util.List;

/**
 * The highest rate that held with none below it that did not, and the lowest that did not.
 *
 * @param held requests a second, or 0 when none held
 * @param missed requests a second, or infinity when none missed
 */
record Bracket(double held, double missed) {
    static Bracket of(List<OfferedRate> rates) {
        double missed = rates.stream()
                .filter(r -> r.verdict() == Verdict.MISSED)
                .mapToDouble(OfferedRate::rate)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        double held = rates.stream()
                .filter(r -> r.verdict() == Verdict.HELD && r.rate() < missed)
                .mapToDouble(OfferedRate::rate)
                .max()
                .orElse(0);
        return new Bracket(held, missed);
    }

    /** Whether a rate held and a higher one did not. */
    boolean closed() {
        return held > 0 && missed < Double.POSITIVE_INFINITY;
    }

    /** Its middle on a logarithmic scale. */
    double middle() {
        return Math.sqrt(held * missed);
    }
}
