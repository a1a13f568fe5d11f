package dev.weighbridge.core.run;

import dev.weighbridge.analysis.decide.Decider;
import dev.weighbridge.analysis.statistics.Holm;
import dev.weighbridge.analysis.statistics.PairedLogRatio;
import dev.weighbridge.results.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Variants that the planned blocks could not tell from the cheapest one, the cheapest among them. They are compared by the
 * decision's own test, but for the steps of the search, which further blocks make no finer.
 */
final class CloseRivals {
    /** Times as dear as the cheapest, from where on a variant is not close though its blocks are too alike for a test. */
    private static final double FAR = 1.25;

    private CloseRivals() {}

    /**
     * Finds them.
     *
     * @param costs of the variants that may be chosen, by block, in the planned blocks alone
     * @return ids; empty when one is surely the cheapest
     */
    static Set<String> of(Map<String, Map<Integer, Double>> costs, Manifest.Search search) {
        Optional<String> cheapest = costs.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .min((a, b) -> Double.compare(mean(a.getValue()), mean(b.getValue())))
                .map(Map.Entry::getKey);
        if (cheapest.isEmpty()) {
            return Set.of();
        }
        List<String> others = new ArrayList<>();
        List<Double> ps = new ArrayList<>();
        Set<String> close = new TreeSet<>();
        costs.forEach((id, own) -> {
            PairedLogRatio ratio = PairedLogRatio.of(own, costs.getOrDefault(cheapest.get(), Map.of()));
            Double p = ratio.p();
            if (p != null) {
                others.add(id);
                ps.add(p);
            } else if (!id.equals(cheapest.get()) && ratio.ratio() < FAR) {
                close.add(id);
            }
        });
        double[] adjusted =
                Holm.adjusted(ps.stream().mapToDouble(Double::doubleValue).toArray());
        for (int i = 0; i < adjusted.length; i++) {
            if (adjusted[i] >= Decider.significance(search)) {
                close.add(others.get(i));
            }
        }
        if (!close.isEmpty()) {
            close.add(cheapest.get());
        }
        return close;
    }

    private static double mean(Map<Integer, Double> costs) {
        return costs.values().stream().mapToDouble(Math::log).average().orElseThrow();
    }
}
