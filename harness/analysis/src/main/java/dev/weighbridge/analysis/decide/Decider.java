package dev.weighbridge.analysis.decide;

import dev.weighbridge.analysis.statistics.Holm;
import dev.weighbridge.analysis.statistics.PairedLogRatio;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Decision.Candidate;
import dev.weighbridge.results.Decision.Outcome;
import dev.weighbridge.results.Decision.Verdict;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Names the cheapest variant that meets the objectives and is no worse than the baseline, and says of every other one why
 * not. A pure function of what is known of each.
 *
 * <p>Costs are compared by the paired logarithms of their ratios within blocks, with Student's test and Holm's correction over
 * the candidates (Holm, Scand. J. Statist. 6, 1979), never by the overlap of two intervals, and a difference within the steps of
 * the capacity search is none. What could not be compared is open,
 * never won; and as long as a variant that is open could still be the cheapest by its best bound, nothing is decided. Of
 * variants that are tied in cost, what they serve when saturated is compared in the same way, and said; it decides nothing.
 */
public final class Decider {
    private static final double SIGNIFICANCE = 0.05;
    /** Where costs are compared twice, after the planned blocks and after some more (Pocock, Biometrika 64, 1977, two looks). */
    private static final double SIGNIFICANCE_OF_EACH_LOOK = 0.0294;
    /** What makes a trial invalid by what the variant is, and not by how it was measured. */
    private static final Set<Code> FAULTS_OF_VARIANTS = EnumSet.of(
            Code.EMPTY_ANSWERS,
            Code.LENGTH_DRIFT,
            Code.PARITY_DIVERGENCE,
            Code.PARITY_TOP1,
            Code.PARITY_TOKENS,
            Code.PARITY_NOTHING_COMPARED);

    private final Manifest manifest;
    private final List<Standing> standings;

    private Decider(Manifest manifest, List<Standing> standings) {
        this.manifest = manifest;
        this.standings = standings;
    }

    /** Decides over the variants of a run, each given once. */
    public static Decision decide(Manifest manifest, List<Standing> standings) {
        return new Decider(manifest, List.copyOf(standings)).decision();
    }

    /** A variant with what its own figures say; {@code CHOSEN} stands for "qualifies" until the costs are compared. */
    private record Judged(Standing standing, Verdict verdict, List<Reason> reasons) {
        double cost() {
            Measurement cost = standing.cost();
            return cost == null ? Double.POSITIVE_INFINITY : cost.value();
        }

        String id() {
            return standing.variant().id();
        }
    }

    private Decision decision() {
        List<Judged> first = standings.stream().map(Decider::judge).toList();
        Optional<Judged> leader = first.stream()
                .filter(j -> j.verdict() == Verdict.CHOSEN)
                .min(Comparator.comparingDouble(Judged::cost).thenComparing(Judged::id));
        List<Judged> judged =
                first.stream().map(j -> reopened(j, leader.orElse(null))).toList();
        Map<String, Compared> costs = compared(judged, leader.orElse(null), Standing::costByBlock, Decider::step);
        Map<String, Compared> saturated =
                compared(judged, leader.orElse(null), Standing::saturatedByBlock, (ours, theirs) -> 0);
        List<Candidate> candidates = new ArrayList<>();
        for (Judged variant : judged) {
            candidates.add(
                    candidate(variant, leader.orElse(null), costs.get(variant.id()), saturated.get(variant.id())));
        }
        Outcome outcome = outcome(judged, candidates, leader.orElse(null));
        if (outcome == Outcome.INCONCLUSIVE) {
            candidates.replaceAll(Decider::leadingOnly);
        }
        candidates.sort(Comparator.comparing(Candidate::verdict)
                .thenComparingDouble(c -> c.usdPerMillionOutputTokens() == null
                        ? Double.MAX_VALUE
                        : c.usdPerMillionOutputTokens().value())
                .thenComparing(Candidate::variant));
        String chosen =
                outcome == Outcome.INCONCLUSIVE ? null : leader.map(Judged::id).orElse(null);
        Map<String, String> names = VariantNames.of(manifest.variants());
        List<String> open = toMeasure(judged, leader.orElse(null)).stream()
                .map(id -> names.getOrDefault(id, id))
                .toList();
        return new Decision(
                Decision.SCHEMA_VERSION,
                manifest.study(),
                manifest.runId(),
                outcome,
                chosen,
                DecisionText.summary(outcome, candidates, open),
                manifest.objectives(),
                manifest.prices().name(),
                manifest.prices().date(),
                candidates);
    }

    /** Nobody is chosen by a decision that is open; the one that leads says so. */
    private static Candidate leadingOnly(Candidate candidate) {
        return candidate.verdict() == Verdict.CHOSEN
                ? new Candidate(
                        candidate.variant(),
                        Verdict.INCONCLUSIVE,
                        List.of(Reason.of(Code.LEADING)),
                        candidate.usdPerMillionOutputTokens())
                : candidate;
    }

    /**
     * One variant against the cheapest.
     *
     * @param p that is adjusted over all variants that are compared with it; {@code null} where the blocks allow no test
     * @param step how far the logarithm of the ratio may be off by the steps of the capacity search. Blocks whose searches took the
     *     same steps agree by that alone, and Student's interval of them is too narrow
     */
    private record Compared(PairedLogRatio ratio, @Nullable Double p, double step) {
        boolean beyondStep() {
            return Math.abs(Math.log(ratio.ratio())) > step;
        }

        /** The interval, no narrower than the steps allow; empty when there is none. */
        String interval() {
            Double low = ratio.low();
            Double high = ratio.high();
            return low == null || high == null
                    ? ""
                    : DecisionText.interval(
                            Math.min(low, ratio.ratio() * Math.exp(-step)),
                            Math.max(high, ratio.ratio() * Math.exp(step)));
        }
    }

    private static double step(Standing ours, Standing theirs) {
        return ours.halfStepByBlock().entrySet().stream()
                .filter(own -> theirs.halfStepByBlock().containsKey(own.getKey()))
                .mapToDouble(own ->
                        Math.hypot(own.getValue(), theirs.halfStepByBlock().getOrDefault(own.getKey(), 0.0)))
                .average()
                .orElse(0);
    }

    /** Those that qualify against the cheapest, by blocks; what has no block in common with it is there without a p. */
    private static Map<String, Compared> compared(
            List<Judged> judged,
            @Nullable Judged leader,
            Function<Standing, Map<Integer, Double>> figure,
            ToDoubleBiFunction<Standing, Standing> step) {
        if (leader == null) {
            return Map.of();
        }
        Map<String, PairedLogRatio> ratios = new LinkedHashMap<>();
        Map<String, Double> steps = new LinkedHashMap<>();
        for (Judged one : judged) {
            if (one.verdict() == Verdict.CHOSEN && !one.id().equals(leader.id())) {
                ratios.put(one.id(), PairedLogRatio.of(figure.apply(one.standing()), figure.apply(leader.standing())));
                steps.put(one.id(), step.applyAsDouble(one.standing(), leader.standing()));
            }
        }
        List<String> tested = new ArrayList<>();
        List<Double> ps = new ArrayList<>();
        ratios.forEach((id, ratio) -> {
            Double p = ratio.p();
            if (p != null) {
                tested.add(id);
                ps.add(p);
            }
        });
        double[] holm =
                Holm.adjusted(ps.stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, Compared> compared = new LinkedHashMap<>();
        ratios.forEach((id, ratio) -> {
            int place = tested.indexOf(id);
            compared.put(id, new Compared(ratio, place < 0 ? null : holm[place], steps.getOrDefault(id, 0.0)));
        });
        return compared;
    }

    private static Judged judge(Standing standing) {
        Reason screened = standing.screened();
        if (screened != null) {
            Verdict verdict = screened.code() == Code.SCREENED_ACCURACY ? Verdict.DISQUALIFIED : Verdict.SCREENED;
            List<Reason> reasons = new ArrayList<>(standing.accuracy().reasons());
            reasons.add(screened);
            return new Judged(standing, verdict, reasons);
        }
        if (barred(standing.status())) {
            return new Judged(
                    standing, immeasurable(standing) ? Verdict.INCONCLUSIVE : Verdict.NOT_RANKED, standing.reasons());
        }
        List<Reason> against = new ArrayList<>();
        List<Reason> open = new ArrayList<>();
        switch (standing.accuracy().verdict()) {
            case INFERIOR -> against.addAll(standing.accuracy().reasons());
            case INCONCLUSIVE, MISSING -> open.addAll(standing.accuracy().reasons());
            case NOT_ASKED, BASELINE, NON_INFERIOR -> {}
        }
        against.addAll(standing.objectives().missed());
        open.addAll(standing.objectives().open());
        if (standing.unfinished() != null) {
            open.add(standing.unfinished());
        }
        if (!against.isEmpty()) {
            return new Judged(standing, Verdict.DISQUALIFIED, against);
        }
        if (standing.cost() == null && open.isEmpty()) {
            open.add(Reason.of(Code.NO_PRICE));
        }
        return open.isEmpty()
                ? new Judged(standing, Verdict.CHOSEN, List.of())
                : new Judged(standing, Verdict.INCONCLUSIVE, open);
    }

    /** A variant that was screened as too dear is open again where, by all that is known now, it could be the cheapest. */
    private static Judged reopened(Judged judged, @Nullable Judged leader) {
        Double bound = judged.standing().bestCost();
        if (judged.verdict() != Verdict.SCREENED
                || leader == null
                || bound == null
                || bound > worst(leader.standing())) {
            return judged;
        }
        return new Judged(
                judged.standing(),
                Verdict.INCONCLUSIVE,
                List.of(Reason.over(Code.SCREENING_OPEN, bound, worst(leader.standing()))));
    }

    /** Whether only the method was at fault, as with a variant too fast for the client: it is not ranked, and may yet be the best. */
    private static boolean immeasurable(Standing standing) {
        return standing.status() == Trial.Status.INVALID
                && standing.reasons().stream().map(Reason::code).noneMatch(FAULTS_OF_VARIANTS::contains);
    }

    /** Whether a variant is out by what it is; a disturbed one is not, it is only not measured yet. */
    private static boolean barred(Trial.Status status) {
        return switch (status) {
            case INVALID, FAILED, SKIPPED -> true;
            case COMPLETED, SATURATED, DISTURBED -> false;
        };
    }

    /** Below which a p-value makes a variant dearer than the cheapest, by how a run was planned. */
    public static double significance(Manifest.@Nullable Search search) {
        return search != null && search.moreRepeats() > 0 ? SIGNIFICANCE_OF_EACH_LOOK : SIGNIFICANCE;
    }

    private Candidate candidate(
            Judged judged, @Nullable Judged leader, @Nullable Compared costs, @Nullable Compared saturated) {
        Measurement cost = judged.standing().cost();
        if (leader != null && judged.id().equals(leader.id())) {
            return new Candidate(judged.id(), Verdict.CHOSEN, List.of(Reason.of(Code.CHEAPEST)), cost);
        }
        if (judged.verdict() != Verdict.CHOSEN || costs == null) {
            return new Candidate(judged.id(), judged.verdict(), judged.reasons(), cost);
        }
        if (costs.p() == null) {
            return new Candidate(judged.id(), Verdict.INCONCLUSIVE, List.of(Reason.of(Code.COST_OPEN)), cost);
        }
        if (differs(costs) && costs.ratio().ratio() > 1) {
            return new Candidate(judged.id(), Verdict.DEARER, List.of(reason(Code.DEARER, costs)), cost);
        }
        List<Reason> reasons = new ArrayList<>(List.of(reason(Code.COST_TIED, costs)));
        if (saturated != null && differs(saturated)) {
            reasons.add(reason(Code.SATURATED_THROUGHPUT_DIFFERS, saturated));
        }
        return new Candidate(judged.id(), Verdict.TIED, reasons, cost);
    }

    private boolean differs(Compared compared) {
        Double p = compared.p();
        return p != null && p < significance(manifest.plan().search()) && compared.beyondStep();
    }

    private static Reason reason(Code code, Compared compared) {
        return new Reason(code, compared.interval(), compared.ratio().ratio(), 1.0);
    }

    private static Outcome outcome(List<Judged> judged, List<Candidate> candidates, @Nullable Judged leader) {
        boolean open = candidates.stream().anyMatch(c -> c.verdict() == Verdict.INCONCLUSIVE);
        if (leader == null) {
            return open ? Outcome.INCONCLUSIVE : Outcome.NONE_QUALIFIES;
        }
        boolean costsOpen = candidates.stream()
                .anyMatch(c -> c.verdict() == Verdict.INCONCLUSIVE
                        && c.reasons().stream().anyMatch(r -> r.code() == Code.COST_OPEN));
        if (costsOpen || !toMeasure(judged, leader).isEmpty()) {
            return Outcome.INCONCLUSIVE;
        }
        return candidates.stream().anyMatch(c -> c.verdict() == Verdict.TIED) ? Outcome.TIED : Outcome.DECIDED;
    }

    /** Variants that are open and could still be the cheapest, by the best that is known to be possible. */
    private static List<String> toMeasure(List<Judged> judged, @Nullable Judged leader) {
        double worst = leader == null ? Double.POSITIVE_INFINITY : worst(leader.standing());
        return judged.stream()
                .filter(j -> j.verdict() == Verdict.INCONCLUSIVE)
                .filter(j -> best(j.standing()) <= worst)
                .map(Judged::id)
                .toList();
    }

    private static double worst(Standing standing) {
        Measurement cost = standing.cost();
        if (cost == null) {
            return Double.POSITIVE_INFINITY;
        }
        Double high = cost.high();
        return high == null ? Double.POSITIVE_INFINITY : high;
    }

    private static double best(Standing standing) {
        Measurement cost = standing.cost();
        Double low = cost == null ? null : cost.low();
        Double bound = standing.bestCost();
        // What was measured in one block has an interval that knows nothing of other blocks.
        boolean oneBlock = standing.costByBlock().size() < 2;
        if (low == null || (oneBlock && bound != null)) {
            return bound == null ? 0 : bound;
        }
        return low;
    }
}
