package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Attempts;
import dev.weighbridge.analysis.LoadBudget;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.analysis.capacity.CapacitySearch;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;

/**
 * What is measured next: a pure function of a plan and of what has been measured. Retries, blocks, the capacity search,
 * screening, the load budget and resume are all this one function; a killed run asks it again.
 *
 * <p>First every variant's checks, baselines first: parity, answers, and, where a capacity is to be searched, the most that it
 * does, which only bounds the search and comes from the process that the answers have warmed up. Then the loads in blocks:
 * repeat, then scenario, then the variants in a seeded random order with the baseline among them. In each block every variant
 * gets an engine process of its own. Last, where a study asks for it, questions beside a load at each variant's capacity.
 */
final class TrialSource {
    static final String PARITY = "parity";
    static final String EVALUATION = "evaluation";
    static final String SATURATION = "saturation";
    static final String CAPACITY = "capacity";
    static final String UNDER_LOAD = "evaluation-under-load";

    private static final double GUESS_UNDER_SATURATION = 0.9;

    private final Plan plan;
    private final Study study;
    private final List<Trial> finished;
    private final Map<Attempts.Place, Trial> counting;
    private final Set<String> again;
    private final Screening screening;

    private TrialSource(Plan plan, List<Trial> finished, Set<String> again) {
        this.plan = plan;
        this.study = plan.study();
        this.finished = finished;
        this.counting = Attempts.counting(finished);
        this.again = again;
        this.screening = new Screening(plan, List.copyOf(counting.values()));
    }

    /**
     * The next trial.
     *
     * @param finished every attempt on file, in the order in which they ended
     * @param again ids of trials that are to be tried once more, whatever came of them
     * @return empty when the study is measured to its end, or its budget is spent
     */
    static Optional<PlannedTrial> next(Plan plan, List<Trial> finished, Set<String> again) {
        return new TrialSource(plan, finished, again).next();
    }

    private Optional<PlannedTrial> next() {
        for (PlannedVariant variant : plan.inOrderOfChecks()) {
            Optional<PlannedTrial> check = check(variant).or(() -> saturation(variant));
            if (check.isPresent()) {
                return check;
            }
        }
        for (int repeat = 1; repeat <= study.repeats(); repeat++) {
            for (Study.Scenario scenario : blocks()) {
                Optional<PlannedTrial> load = block(repeat, scenario);
                if (load.isPresent()) {
                    return budgetSpent() ? Optional.empty() : load;
                }
            }
        }
        return study.capacity().flatMap(this::furtherBlock).or(this::underLoad);
    }

    /** Questions beside a load at the capacity that was found, of each variant that has answers to hold them to. */
    private Optional<PlannedTrial> underLoad() {
        if (!study.evaluation().underLoad() || study.capacity().isEmpty() || budgetSpent()) {
            return Optional.empty();
        }
        for (PlannedVariant variant : plan.variants()) {
            OptionalDouble rate = screening.barred(variant) || screening.recorded(variant) || !evaluated(variant)
                    ? OptionalDouble.empty()
                    : capacity(variant);
            if (rate.isPresent()) {
                Optional<PlannedTrial> open = open(
                        PlannedTrial.underLoad(variant, study.capacity().get().probe(), rate.getAsDouble()));
                if (open.isPresent()) {
                    return open;
                }
            }
        }
        return Optional.empty();
    }

    private OptionalDouble capacity(PlannedVariant variant) {
        return CapacityEstimate.of(own(variant), study.objectives().goodputShare()).byBlock().values().stream()
                .mapToDouble(Double::doubleValue)
                .filter(rate -> rate > 0)
                .average();
    }

    private boolean evaluated(PlannedVariant variant) {
        return own(variant).stream()
                .anyMatch(t -> t.workload().kind() == Workload.Kind.EVALUATION && t.status() == Trial.Status.COMPLETED);
    }

    private List<Trial> own(PlannedVariant variant) {
        return counting.values().stream()
                .filter(t -> t.variant().id().equals(variant.variant().id()))
                .toList();
    }

    /** The capacity search once more, of the variants alone that the planned blocks left close, and of the baseline. */
    private Optional<PlannedTrial> furtherBlock(Study.Capacity capacity) {
        if (capacity.moreRepeats() == 0) {
            return Optional.empty();
        }
        Set<String> close = CloseRivals.of(
                screening.costsOfCandidates(study.repeats()),
                new Manifest.Search(capacity.resolution(), capacity.mostProbes(), capacity.moreRepeats()));
        int last = close.isEmpty() ? 0 : study.repeats() + capacity.moreRepeats();
        for (int repeat = study.repeats() + 1; repeat <= last; repeat++) {
            for (PlannedVariant variant : order(repeat, capacity.probe())) {
                boolean measured = close.contains(variant.variant().id()) || variant.isStudyBaseline(plan);
                Optional<PlannedTrial> probe = measured && !screening.barred(variant)
                        ? probe(variant, capacity.probe(), repeat)
                        : Optional.empty();
                if (probe.isPresent()) {
                    return budgetSpent() ? Optional.empty() : probe;
                }
            }
        }
        return Optional.empty();
    }

    /** Parity, then answers. */
    private Optional<PlannedTrial> check(PlannedVariant variant) {
        PlannedTrial parity = PlannedTrial.of(variant, Workload.Kind.PARITY, PARITY, 1, null);
        if (variant.refusal().isPresent()) {
            return open(parity.skipped(
                    Reason.about(Code.REFUSED_BY_ENGINE, variant.refusal().get())));
        }
        Optional<Reason> screened = screening.byRepresentative(variant);
        if (screened.isPresent()) {
            return open(parity.skipped(screened.get()));
        }
        Optional<PlannedTrial> openParity = open(parity);
        if (openParity.isPresent() || study.evaluation().tasks().isEmpty() || screening.barred(variant)) {
            return openParity;
        }
        PlannedTrial all = PlannedTrial.of(variant, Workload.Kind.EVALUATION, EVALUATION, 1, null);
        PlannedVariant representative = plan.representative(variant);
        if (representative.equals(variant)) {
            return open(all);
        }
        PlannedTrial subset = all.comparedWith(representative.variant().id());
        Optional<PlannedTrial> openSubset = open(subset);
        if (openSubset.isPresent()) {
            return openSubset;
        }
        Trial compared = counting.get(subset.place());
        boolean agreed =
                compared != null && compared.flags().stream().anyMatch(f -> f.code() == Code.EVALUATED_BY_SUBSET);
        boolean failed = compared != null && compared.status() != Trial.Status.COMPLETED;
        return agreed || failed ? Optional.empty() : open(all.step(2));
    }

    private Optional<PlannedTrial> saturation(PlannedVariant variant) {
        if (study.capacity().isEmpty() || screening.barred(variant) || screening.recorded(variant) || budgetSpent()) {
            return Optional.empty();
        }
        Study.Scenario closed = study.capacity().get().saturation();
        Optional<PlannedTrial> open = open(PlannedTrial.of(variant, closed.kind(), closed.name(), 1, closed));
        return open.isPresent() ? screening.of(variant).map(open.get()::skipped).or(() -> open) : open;
    }

    /** The loads of every repeat in their order; the capacity search comes after the fixed loads. */
    private List<Study.Scenario> blocks() {
        List<Study.Scenario> blocks = new ArrayList<>(study.scenarios());
        study.capacity().ifPresent(capacity -> blocks.add(capacity.probe()));
        return blocks;
    }

    private Optional<PlannedTrial> block(int repeat, Study.Scenario scenario) {
        for (PlannedVariant variant : order(repeat, scenario)) {
            if (screening.barred(variant) || screening.recorded(variant)) {
                continue;
            }
            Optional<PlannedTrial> open = scenario.kind() == Workload.Kind.CAPACITY
                    ? probe(variant, scenario, repeat)
                    : open(PlannedTrial.of(variant, scenario.kind(), scenario.name(), repeat, scenario));
            if (open.isPresent()) {
                return screening.of(variant).map(open.get()::skipped).or(() -> open);
            }
        }
        return Optional.empty();
    }

    /**
     * A seeded shuffle; of the first capacity block the variant that did most in saturation comes first, because whoever
     * cannot come near it then needs no load.
     */
    private List<PlannedVariant> order(int repeat, Study.Scenario scenario) {
        List<PlannedVariant> order = new ArrayList<>(plan.variants());
        Collections.shuffle(
                order,
                new Random(study.seed() * 31
                        + repeat * 1_000_003L
                        + scenario.name().hashCode()));
        if (repeat == 1 && scenario.kind() == Workload.Kind.CAPACITY) {
            order.stream()
                    .filter(v -> !screening.barred(v) && screening.mayLead(v))
                    .max((a, b) ->
                            Double.compare(saturated(a).orElse(0), saturated(b).orElse(0)))
                    .ifPresent(fastest -> {
                        order.remove(fastest);
                        order.add(0, fastest);
                    });
        }
        return order;
    }

    private OptionalDouble saturated(PlannedVariant variant) {
        return finished.stream()
                .filter(t -> t.variant().id().equals(variant.variant().id())
                        && t.workload().kind() == Workload.Kind.SATURATION
                        && t.status().counts())
                .flatMap(t -> t.measurement("achieved_rate").stream())
                .mapToDouble(Measurement::value)
                .filter(rate -> rate > 0)
                .reduce((before, now) -> now);
    }

    /** What the variant did in saturation. For a first guess an attempt that was disturbed will do, which can only have lost by it. */
    private OptionalDouble atMost(PlannedVariant variant) {
        OptionalDouble clean = saturated(variant);
        return clean.isPresent()
                ? clean
                : finished.stream()
                        .filter(t -> t.variant().id().equals(variant.variant().id())
                                && t.workload().kind() == Workload.Kind.SATURATION)
                        .flatMap(t -> t.measurement("achieved_rate").stream())
                        .mapToDouble(Measurement::value)
                        .filter(rate -> rate > 0)
                        .max();
    }

    private Optional<PlannedTrial> probe(PlannedVariant variant, Study.Scenario scenario, int repeat) {
        Study.Capacity capacity = study.capacity().orElseThrow();
        List<Trial> own = own(variant);
        List<Trial> block = own.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.CAPACITY && t.repeat() == repeat)
                .toList();
        for (Trial trial : block) {
            Double rate = trial.workload().offeredRate();
            if (rate == null) {
                return Optional.empty();
            }
            PlannedTrial probe = PlannedTrial.probe(variant, scenario, repeat, trial.step(), rate);
            Optional<PlannedTrial> retry = open(probe);
            if (retry.isPresent()) {
                return retry;
            }
            if (!trial.status().counts()) {
                return Optional.empty();
            }
        }
        CapacityEstimate estimate = CapacityEstimate.of(own, study.objectives().goodputShare());
        OptionalDouble known = estimate.byBlock().values().stream()
                .mapToDouble(Double::doubleValue)
                .average();
        double guess = known.isPresent()
                ? known.getAsDouble()
                : atMost(variant).stream()
                        .map(rate -> rate * GUESS_UNDER_SATURATION)
                        .findFirst()
                        .orElse(capacity.startRate());
        OptionalDouble rate = new CapacitySearch(
                        capacity.resolution(),
                        capacity.mostProbes(),
                        study.objectives().goodputShare())
                .next(guess, known.isPresent(), CapacityEstimate.block(estimate.probes(), repeat));
        return rate.isPresent()
                ? Optional.of(PlannedTrial.probe(variant, scenario, repeat, block.size() + 1, rate.getAsDouble()))
                : Optional.empty();
    }

    /** The trial at its next attempt; empty when it is done, or was disturbed too often. */
    private Optional<PlannedTrial> open(PlannedTrial trial) {
        int attempts = attempts(trial);
        Trial last = counting.get(trial.place());
        if (last == null) {
            return Optional.of(trial);
        }
        boolean disturbed = last.status() == Trial.Status.DISTURBED && attempts <= study.retries();
        boolean readmitted = screening.readmits(trial.variant(), last);
        return disturbed || readmitted || again.contains(last.id())
                ? Optional.of(trial.attempt(attempts + 1))
                : Optional.empty();
    }

    private int attempts(PlannedTrial trial) {
        return (int) finished.stream()
                .filter(t -> Attempts.Place.of(t).equals(trial.place()))
                .count();
    }

    private boolean budgetSpent() {
        return study.budget()
                .filter(budget -> LoadBudget.spent(finished) >= budget.toMillis() / 1000.0)
                .isPresent();
    }

    /** Ids of the trials among those measured that failed, or were disturbed to the last attempt. */
    static Set<String> withoutResult(List<Trial> finished) {
        Set<String> ids = new HashSet<>();
        Attempts.counting(finished).values().stream()
                .filter(t -> t.status() == Trial.Status.FAILED || t.status() == Trial.Status.DISTURBED)
                .forEach(t -> ids.add(t.id()));
        return ids;
    }
}
