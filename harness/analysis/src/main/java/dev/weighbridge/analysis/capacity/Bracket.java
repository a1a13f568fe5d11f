package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The highest rate that held with none below it that did not, and the lowest that did not.
 *
 * @param held planned requests a second, or 0 when none held
 * @param missed planned requests a second, or infinity when none missed
 * @param luck what the schedules drawn for both rates offered over what was planned
 */
record Bracket(double held, double missed, double luck) {
    static Bracket of(List<OfferedRate> rates) {
        Comparator<OfferedRate> byRate = Comparator.comparingDouble(OfferedRate::rate);
        Optional<OfferedRate> missed =
                rates.stream().filter(r -> r.verdict() == Verdict.MISSED).min(byRate);
        double limit = missed.map(OfferedRate::rate).orElse(Double.POSITIVE_INFINITY);
        Optional<OfferedRate> held = rates.stream()
                .filter(r -> r.verdict() == Verdict.HELD && r.rate() < limit)
                .max(byRate);
        return new Bracket(
                held.map(OfferedRate::rate).orElse(0.0),
                limit,
                Math.sqrt(held.map(OfferedRate::luck).orElse(1.0)
                        * missed.map(OfferedRate::luck).orElse(1.0)));
    }

    /** Whether a rate held and a higher one did not. */
    boolean closed() {
        return held > 0 && missed < Double.POSITIVE_INFINITY;
    }

    /** Its middle on a logarithmic scale. */
    double middle() {
        return Math.sqrt(held * missed);
    }

    /** How far its middle may be off by the steps of the search alone, as a logarithm. */
    double halfStep() {
        return Math.log(missed / held) / 2;
    }

    /**
     * The same bracket moved to what was offered: a schedule drawn for a rate holds more or fewer requests by chance, and those
     * the server answered. It stays as wide, since chance that brings both edges together makes nothing surer.
     */
    Bracket asOffered() {
        return new Bracket(held * luck, missed * luck, 1);
    }
}
