package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Cost;
import dev.weighbridge.analysis.capacity.BlockNoise;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Which variants get no more load, because they cannot be the answer any more. The baseline is never screened. */
final class Screening {
    private final Plan plan;
    private final Study study;
    private final Map<String, List<Trial>> byVariant = new LinkedHashMap<>();
    private final BlockNoise noise;
    private final OptionalDouble leadersWorst;

    /** @param counting trials that count, of all variants */
    Screening(Plan plan, List<Trial> counting) {
        this.plan = plan;
        this.study = plan.study();
        plan.variants()
                .forEach(v -> byVariant.put(
                        v.variant().id(),
                        counting.stream()
                                .filter(t -> t.variant().id().equals(v.variant().id()))
                                .toList()));
        this.noise = BlockNoise.of(plan.variants().stream().map(this::estimate).toList());
        this.leadersWorst = plan.variants().stream()
                .filter(v -> !barred(v) && mayLead(v))
                .map(this::worstCost)
                .flatMapToDouble(OptionalDouble::stream)
                .min();
    }

    private List<Trial> trials(PlannedVariant variant) {
        return byVariant.getOrDefault(variant.variant().id(), List.of());
    }

    /** Whether nothing of it may be measured: refused, not the same model, or its engine does not start. */
    boolean barred(PlannedVariant variant) {
        return trials(variant).stream()
                .filter(t -> t.workload().kind() == Workload.Kind.PARITY)
                .anyMatch(t -> t.status() != Trial.Status.COMPLETED
                        && t.status() != Trial.Status.DISTURBED
                        && t.reasons().stream().noneMatch(r -> r.code() == Code.NO_LOGITS));
    }

    /** Whether it is on record that it was screened, and the reason still holds now that more is known. */
    boolean recorded(PlannedVariant variant) {
        return trials(variant).stream()
                .flatMap(t -> t.reasons().stream())
                .anyMatch(r -> r.code() == Code.SCREENED_ACCURACY
                        || (r.code() == Code.SCREENED_COST && of(variant).isPresent()));
    }

    /** Whether a trial was skipped for a cost that, by what the blocks since have shown, may be low enough after all. */
    boolean readmits(PlannedVariant variant, Trial trial) {
        return trial.status() == Trial.Status.SKIPPED
                && trial.reasons().stream().anyMatch(r -> r.code() == Code.SCREENED_COST)
                && of(variant).isEmpty();
    }

    /** Whether nothing speaks against its answers. */
    boolean mayLead(PlannedVariant variant) {
        return study.evaluation().tasks().isEmpty()
                || trials(variant).stream()
                        .anyMatch(t -> t.workload().kind() == Workload.Kind.EVALUATION
                                && t.status() == Trial.Status.COMPLETED
                                && t.flags().stream().noneMatch(Screening::againstAccuracy));
    }

    private static boolean againstAccuracy(Reason reason) {
        return switch (reason.code()) {
            case ACCURACY_INFERIOR, ACCURACY_OPEN, ACCURACY_MISSING, BASELINE_NOT_EVALUATED, BASELINE_ANSWERS_FAILED ->
                true;
            default -> false;
        };
    }

    private boolean inferior(PlannedVariant variant) {
        return trials(variant).stream()
                .filter(t -> t.workload().kind() == Workload.Kind.EVALUATION)
                .flatMap(t -> t.flags().stream())
                .anyMatch(f -> f.code() == Code.ACCURACY_INFERIOR);
    }

    /** Whether the variant that stands for this one in the evaluation surely loses too much accuracy. */
    Optional<Reason> byRepresentative(PlannedVariant variant) {
        PlannedVariant representative = plan.representative(variant);
        return !representative.equals(variant) && !variant.isStudyBaseline(plan) && inferior(representative)
                ? Optional.of(Reason.about(
                        Code.SCREENED_ACCURACY, representative.variant().id()))
                : Optional.empty();
    }

    /** Why the variant gets no more load; empty when it does. */
    Optional<Reason> of(PlannedVariant variant) {
        if (variant.isStudyBaseline(plan)) {
            return Optional.empty();
        }
        if (inferior(variant)) {
            return Optional.of(Reason.about(Code.SCREENED_ACCURACY, ""));
        }
        OptionalDouble best = bestCost(variant);
        return best.isPresent() && leadersWorst.isPresent() && best.getAsDouble() > leadersWorst.getAsDouble()
                ? Optional.of(Reason.over(Code.SCREENED_COST, best.getAsDouble(), leadersWorst.getAsDouble()))
                : Optional.empty();
    }

    /** Cost of each block up to a number, of the variants that nothing speaks against and that were measured in all of them. */
    Map<String, Map<Integer, Double>> costsOfCandidates(int blocks) {
        Map<String, Map<Integer, Double>> costs = new LinkedHashMap<>();
        for (PlannedVariant variant : plan.variants()) {
            CapacityEstimate estimate = estimate(variant);
            Double tokens = estimate.outputTokens();
            Map<Integer, Double> own = new TreeMap<>();
            if (!barred(variant) && !recorded(variant) && mayLead(variant) && tokens != null && tokens > 0) {
                estimate.byBlock().forEach((block, rate) -> {
                    if (block <= blocks) {
                        own.put(block, usd(variant, rate, tokens));
                    }
                });
            }
            if (own.size() == blocks && own.values().stream().allMatch(cost -> cost > 0)) {
                costs.put(variant.variant().id(), own);
            }
        }
        return costs;
    }

    private OptionalDouble worstCost(PlannedVariant variant) {
        CapacityEstimate estimate = estimate(variant);
        Measurement rate = estimate.rate();
        Double tokens = estimate.outputTokens();
        Double low = rate == null ? null : rate.low();
        return low == null || low <= 0 || tokens == null || tokens <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(usd(variant, low / noise.room(estimate), tokens));
    }

    private OptionalDouble bestCost(PlannedVariant variant) {
        Double best = noise.best(estimate(variant));
        OptionalDouble tokens = trials(variant).stream()
                .flatMap(t -> t.measurement("output_tokens_mean").stream())
                .mapToDouble(Measurement::value)
                .max();
        return best == null || best <= 0 || tokens.isEmpty() || tokens.getAsDouble() <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(usd(variant, best, tokens.getAsDouble()));
    }

    private CapacityEstimate estimate(PlannedVariant variant) {
        return CapacityEstimate.of(trials(variant), study.objectives().goodputShare());
    }

    private double usd(PlannedVariant variant, double rate, double tokens) {
        double ofOne =
                study.prices().usdPerHour().getOrDefault(variant.variant().hardware(), 0.0);
        return Cost.usdPerMillionTokens(variant.variant().price(ofOne), rate, tokens);
    }
}
