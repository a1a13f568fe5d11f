package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far a variant's next-token distributions are from the baseline's, over all positions of some texts: mean and largest
 * Kullback-Leibler divergence {@code Σ p_base (ln p_base − ln p)} in nats, and the share of positions with the same most
 * likely token.
 */
public final class LogitsParity {
    private final List<Double> divergences = new ArrayList<>();
    private int sameTop;
    private int differentTokens;

    /** Adds one text that both have seen. */
    public void add(Logits baseline, Logits variant) {
        if (!Arrays.equals(baseline.tokens(), variant.tokens())
                || baseline.vocabularySize() != variant.vocabularySize()) {
            differentTokens++;
            return;
        }
        int vocabulary = baseline.vocabularySize();
        for (int position = 0; position < baseline.tokens().length; position++) {
            int offset = position * vocabulary;
            divergences.add(Softmax.divergence(baseline.values(), variant.values(), offset, vocabulary));
            sameTop += Softmax.top(baseline.values(), offset, vocabulary)
                            == Softmax.top(variant.values(), offset, vocabulary)
                    ? 1
                    : 0;
        }
    }

    public List<Measurement> measurements() {
        if (divergences.isEmpty()) {
            return List.of();
        }
        int n = divergences.size();
        double[] sorted =
                divergences.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return List.of(
                figure("kl_divergence", mean(), "nats", n),
                figure("kl_divergence_p99", sorted[Math.min(n - 1, (int) Math.ceil(0.99 * n) - 1)], "nats", n),
                figure("kl_divergence_max", sorted[n - 1], "nats", n),
                figure("top1_agreement", (double) sameTop / n, "1", n));
    }

    /**
     * Why the variant is not the same model any more, or nothing.
     *
     * @param maxKlDivergence largest mean divergence that is accepted, in nats
     * @param minTop1Agreement smallest share of positions with the same most likely token that is accepted
     */
    public List<Reason> violations(double maxKlDivergence, double minTop1Agreement) {
        List<Reason> violations = new ArrayList<>();
        if (differentTokens > 0) {
            violations.add(new Reason(Code.PARITY_TOKENS, null, (double) differentTokens, null));
        }
        if (divergences.isEmpty()) {
            violations.add(Reason.of(Code.PARITY_NOTHING_COMPARED));
            return violations;
        }
        double agreement = (double) sameTop / divergences.size();
        if (!(mean() <= maxKlDivergence)) {
            violations.add(Reason.over(Code.PARITY_DIVERGENCE, storable(mean()), maxKlDivergence));
        }
        if (agreement < minTop1Agreement) {
            violations.add(Reason.over(Code.PARITY_TOP1, agreement, minTop1Agreement));
        }
        return violations;
    }

    private double mean() {
        return divergences.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static Measurement figure(String name, double value, String unit, int n) {
        return new Measurement(name, "", name, storable(value), unit, n, null, null, false);
    }

    /** An overflow in a broken engine must show as a violation, not break the record. */
    private static double storable(double value) {
        return Double.isFinite(value) ? value : Double.MAX_VALUE;
    }
}
