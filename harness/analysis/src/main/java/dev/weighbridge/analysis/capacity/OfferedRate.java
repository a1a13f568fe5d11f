package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.capacity.CapacityEstimate.Probe;
import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All probes of one block at one rate, taken together.
 *
 * @param rate requests a second
 * @param verdict held or missed when the interval of the pooled share says so, or, after a second probe, by its value; open
 *     after one probe that does not tell
 */
record OfferedRate(double rate, Verdict verdict) {
    private static final int MOST_PROBES = 2;

    /** The rates that were offered, in the order in which they were first offered. Unknown probes are left out. */
    static List<OfferedRate> of(List<Probe> probes, double share) {
        Map<Double, List<Probe>> byRate = new LinkedHashMap<>();
        for (Probe probe : probes) {
            if (probe.verdict() != Verdict.UNKNOWN) {
                byRate.computeIfAbsent(probe.rate(), rate -> new ArrayList<>()).add(probe);
            }
        }
        List<OfferedRate> rates = new ArrayList<>();
        byRate.forEach((rate, same) -> rates.add(new OfferedRate(rate, pooled(same, share))));
        return rates;
    }

    private static Verdict pooled(List<Probe> probes, double share) {
        if (probes.stream().anyMatch(p -> p.verdict() == Verdict.MISSED)) {
            return Verdict.MISSED;
        }
        if (probes.stream().anyMatch(p -> p.verdict() == Verdict.HELD)) {
            return Verdict.HELD;
        }
        long offered = 0;
        long good = 0;
        for (Probe probe : probes) {
            Measurement goodput = probe.goodput();
            if (goodput != null) {
                offered += goodput.samples();
                good += Math.round(goodput.value() * goodput.samples());
            }
        }
        if (offered == 0) {
            return Verdict.MISSED;
        }
        Verdict verdict = verdict(Proportion.measurement("goodput", "", good, offered), share);
        if (verdict == Verdict.OPEN && probes.size() >= MOST_PROBES) {
            return (double) good / offered >= share ? Verdict.HELD : Verdict.MISSED;
        }
        return verdict;
    }

    /** What the interval of a share says about a limit. */
    static Verdict verdict(Measurement goodput, double share) {
        Double low = goodput.low();
        Double high = goodput.high();
        if (low == null || high == null) {
            return Verdict.OPEN;
        }
        return low >= share ? Verdict.HELD : high < share ? Verdict.MISSED : Verdict.OPEN;
    }
}
