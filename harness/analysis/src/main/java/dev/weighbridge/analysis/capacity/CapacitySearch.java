package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.capacity.CapacityEstimate.Probe;
import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The search of one block for the highest rate that holds: a bracket is widened around a guess until one rate held and a
 * higher one did not, and then halved, on a logarithmic scale, until it is narrow. A rate at which too few requests were
 * offered to tell is taken by its value on the way, and offered once more when it turns out to be an edge of the bracket.
 *
 * @param resolution at which the bracket is narrow: highest rate over lowest rate less 1
 * @param mostProbes in one block
 * @param share of requests that must be good
 */
public record CapacitySearch(double resolution, int mostProbes, double share) {
    private static final double FIRST_STEP = 1.15;
    private static final double LOWEST_RATE = 0.05;

    public CapacitySearch {
        if (!(resolution > 0 && resolution <= 1) || mostProbes < 2) {
            throw new IllegalArgumentException(
                    "a capacity search needs a resolution between 0 and 1 and at least 2 probes, got: " + resolution
                            + " and " + mostProbes);
        }
    }

    /**
     * The rate to offer next.
     *
     * @param guess of the capacity, in requests a second
     * @param known whether the guess comes from an earlier block's search; the first steps are then as small as the resolution
     * @param probes of this block so far
     * @return empty when the search of this block is over
     */
    public OptionalDouble next(double guess, boolean known, List<Probe> probes) {
        if (probes.size() >= mostProbes || probes.stream().anyMatch(p -> p.verdict() == Verdict.UNKNOWN)) {
            return OptionalDouble.empty();
        }
        double step = known ? 1 + resolution * 0.9 : FIRST_STEP;
        if (probes.isEmpty()) {
            return OptionalDouble.of(guess / Math.sqrt(step));
        }
        List<OfferedRate> rates = OfferedRate.of(probes, share);
        Bracket bracket = Bracket.of(rates);
        if (bracket.closed()) {
            return bracket.missed() / bracket.held() - 1 <= resolution
                    ? rates.stream()
                            .filter(r -> !r.sure() && (r.rate() == bracket.held() || r.rate() == bracket.missed()))
                            .mapToDouble(OfferedRate::rate)
                            .findFirst()
                    : OptionalDouble.of(bracket.middle());
        }
        double factor = step * span(rates);
        double rate = bracket.held() > 0 ? bracket.held() * factor : bracket.missed() / factor;
        return rate < LOWEST_RATE ? OptionalDouble.empty() : OptionalDouble.of(rate);
    }

    /** Highest over lowest rate so far: each step out doubles what was searched, so that a guess off by half is soon made good. */
    private static double span(List<OfferedRate> rates) {
        DoubleSummaryStatistics offered =
                rates.stream().mapToDouble(OfferedRate::rate).summaryStatistics();
        return offered.getMax() / offered.getMin();
    }
}
