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
 * @param rate planned, in requests a second
 * @param offered by the schedules that were drawn for it, in requests a second
 * @param verdict held or missed, by the interval of the pooled share or, where that does not tell, by its value
 * @param sure whether the interval tells, or a second probe was spent on it
 */
record OfferedRate(double rate, double offered, Verdict verdict, boolean sure) {
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
        byRate.forEach((rate, same) -> rates.add(pooled(rate, same, share)));
        return rates;
    }

    /** What was offered over what was planned. */
    double luck() {
        return offered / rate;
    }

    private static OfferedRate pooled(double rate, List<Probe> probes, double share) {
        double mean = probes.stream().mapToDouble(Probe::offered).average().orElse(rate);
        if (probes.stream().anyMatch(p -> p.verdict() == Verdict.MISSED)) {
            return new OfferedRate(rate, mean, Verdict.MISSED, true);
        }
        if (probes.stream().anyMatch(p -> p.verdict() == Verdict.HELD)) {
            return new OfferedRate(rate, mean, Verdict.HELD, true);
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
            return new OfferedRate(rate, mean, Verdict.MISSED, true);
        }
        Verdict verdict = verdict(Proportion.measurement("goodput", "", good, offered), share);
        if (verdict != Verdict.OPEN) {
            return new OfferedRate(rate, mean, verdict, true);
        }
        Verdict byValue = (double) good / offered >= share ? Verdict.HELD : Verdict.MISSED;
        return new OfferedRate(rate, mean, byValue, probes.size() >= MOST_PROBES);
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
