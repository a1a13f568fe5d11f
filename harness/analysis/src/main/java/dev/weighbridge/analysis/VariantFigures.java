package dev.weighbridge.analysis;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.capacity.BlockNoise;
import dev.weighbridge.analysis.capacity.CapacityEstimate;
import dev.weighbridge.analysis.capacity.CapacityEstimate.Probe;
import dev.weighbridge.analysis.capacity.CapacityEstimate.Verdict;
import dev.weighbridge.analysis.capacity.CapacitySearch;
import dev.weighbridge.analysis.capacity.SaturatedThroughput;
import dev.weighbridge.analysis.decide.Standing;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.analysis.statistics.StudentInterval;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Everything that the trials of one variant come to. */
final class VariantFigures {
    private static final String CAPACITY = "capacity";

    private final Manifest manifest;
    private final Variant variant;
    private final List<Trial> trials;
    private final boolean budgetSpent;
    private static final Set<String> UNDER_LOAD =
            Set.of(Metric.FLIPS_UNDER_LOAD.id(), Metric.ACCURACY_CHANGE_UNDER_LOAD.id());

    private final AccuracyJudgement accuracy;
    private final CapacityEstimate capacity;
    private final Map<String, Map<String, Measurement>> figures = new LinkedHashMap<>();
    private final @Nullable Double price;

    /**
     * Figures of a variant.
     *
     * @param trials those that count for it
     * @param besideAccuracy figures of its answers that judge nothing
     * @param budgetSpent whether the study's load budget is what ended its loads
     */
    VariantFigures(
            Manifest manifest,
            Variant variant,
            List<Trial> trials,
            AccuracyJudgement accuracy,
            List<Measurement> besideAccuracy,
            boolean budgetSpent) {
        this.budgetSpent = budgetSpent;
        this.manifest = manifest;
        this.variant = variant;
        this.trials = trials;
        this.accuracy = accuracy;
        this.capacity = CapacityEstimate.of(trials, manifest.objectives().goodputShare());
        Double ofOne = manifest.prices().usdPerHour().get(variant.hardware());
        this.price = ofOne == null ? null : variant.price(ofOne);
        trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.PARITY)
                .forEach(t -> t.measurements().forEach(this::put));
        trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.EVALUATION_UNDER_LOAD)
                .flatMap(t -> t.measurements().stream())
                .filter(m -> UNDER_LOAD.contains(m.name()))
                .forEach(this::put);
        accuracy.figures().forEach(this::put);
        besideAccuracy.forEach(this::put);
        loads().forEach(this::combine);
        capacity.found().ifPresent(this::put);
        cost();
    }

    private void put(Measurement figure) {
        put(figure.scope(), figure);
    }

    private void put(String scope, Measurement figure) {
        figures.computeIfAbsent(scope, s -> new LinkedHashMap<>()).put(figure.name(), figure);
    }

    /** Trials that count by the scope of their figures; of the capacity search those at the highest rate that held. */
    private Map<String, List<Trial>> loads() {
        Map<String, List<Trial>> loads = new LinkedHashMap<>();
        for (Trial trial : trials) {
            Workload workload = trial.workload();
            if (workload.kind().load()
                    && workload.kind() != Workload.Kind.CAPACITY
                    && trial.status().counts()) {
                loads.computeIfAbsent(workload.name(), name -> new ArrayList<>())
                        .add(trial);
            }
        }
        Map<Integer, Trial> held = new TreeMap<>();
        for (Probe probe : capacity.probes()) {
            Trial trial = trials.stream()
                    .filter(t -> t.id().equals(probe.trialId()))
                    .findFirst()
                    .orElseThrow();
            if (probe.holds(manifest.objectives().goodputShare())) {
                held.merge(probe.repeat(), trial, (a, b) -> rate(a) >= rate(b) ? a : b);
            }
        }
        if (!held.isEmpty()) {
            loads.put(CAPACITY, List.copyOf(held.values()));
        }
        return loads;
    }

    private static double rate(Trial trial) {
        Double rate = trial.workload().offeredRate();
        return rate == null ? 0 : rate;
    }

    /** The same scenario's repeats: mean with Student's interval, or the only one as it is. Scenarios are never put together. */
    private void combine(String scenario, List<Trial> repeats) {
        Map<String, List<Measurement>> byName = new LinkedHashMap<>();
        for (Trial trial : repeats) {
            for (Measurement figure : trial.measurements()) {
                if (figure.scope().isEmpty() || figure.scope().startsWith(Metric.CLASS_SCOPE)) {
                    byName.computeIfAbsent(figure.scope() + ' ' + figure.name(), n -> new ArrayList<>())
                            .add(figure);
                }
            }
        }
        byName.values().forEach(same -> {
            String scope = same.get(0).scope();
            put(scope.isEmpty() ? scenario : scenario + ", " + scope, same.size() == 1 ? same.get(0) : mean(same));
        });
    }

    private static Measurement mean(List<Measurement> repeats) {
        Measurement first = repeats.get(0);
        StudentInterval interval = StudentInterval.of(
                repeats.stream().mapToDouble(Measurement::value).toArray(),
                0,
                first.unit().equals("1") ? 1 : Double.POSITIVE_INFINITY);
        return new Measurement(
                first.name(),
                first.scope(),
                first.definition(),
                interval.mean(),
                first.unit(),
                repeats.stream().mapToLong(Measurement::samples).sum(),
                interval.low(),
                interval.high(),
                repeats.stream().anyMatch(Measurement::uncertain));
    }

    private void cost() {
        Double usd = price;
        Double tokens = capacity.outputTokens();
        Measurement rate = capacity.rate();
        if (rate == null || usd == null) {
            return;
        }
        put(Cost.perThousandRequests(usd, rate));
        if (tokens != null && tokens > 0) {
            put(Cost.tokensPerSecond(rate, tokens));
            put(Cost.perMillionTokens(usd, rate, tokens));
        }
        Measurement right = figures.getOrDefault("", Map.of()).get(Metric.ACCURACY.id());
        if (right != null && right.value() > 0) {
            put(Cost.perThousandCorrect(usd, rate, right.value()));
        }
    }

    /** Where the capacity was found, or what bounds it. */
    CapacityEstimate capacity() {
        return capacity;
    }

    /**
     * What the decision knows of the variant.
     *
     * @param noise of this run, which widens what rests on a single block
     */
    Standing standing(BlockNoise noise) {
        Set<Reason> reasons = new LinkedHashSet<>();
        trials.forEach(t -> reasons.addAll(t.reasons()));
        Double tokens = capacity.outputTokens();
        Double usd = price;
        Map<Integer, Double> byBlock = new TreeMap<>();
        Double best = noise.best(capacity);
        if (usd != null && tokens != null && tokens > 0) {
            capacity.byBlock()
                    .forEach((block, rate) -> byBlock.put(block, Cost.usdPerMillionTokens(usd, rate, tokens)));
        }
        return new Standing(
                variant,
                // Nothing on file is not a verdict: the variant is open, and could still win.
                trials.isEmpty() ? Trial.Status.COMPLETED : status(),
                List.copyOf(reasons),
                accuracy,
                objectives(),
                figures.getOrDefault("", Map.of()).get(Metric.COST.id()),
                byBlock,
                capacity.halfStepByBlock(),
                SaturatedThroughput.byBlock(trials),
                usd == null || best == null ? null : Cost.usdPerMillionTokens(usd, best, bestTokens()),
                screened(),
                unfinished());
    }

    private double bestTokens() {
        Double tokens = capacity.outputTokens();
        return tokens != null && tokens > 0
                ? tokens
                : trials.stream()
                        .flatMap(t -> t.measurement(Metric.OUTPUT_TOKENS_MEAN.id()).stream())
                        .mapToDouble(Measurement::value)
                        .max()
                        .orElse(1);
    }

    /**
     * The worst that counts. A probe of the capacity search that could not be judged ends the search and shows there; a
     * saturated one is what the search looks for.
     */
    private Trial.Status status() {
        if (trials.isEmpty()) {
            return Trial.Status.SKIPPED;
        }
        Trial.Status worst = Trial.Status.COMPLETED;
        for (Trial trial : trials) {
            boolean probe = trial.workload().kind() == Workload.Kind.CAPACITY
                    || trial.workload().kind() == Workload.Kind.SATURATION;
            boolean parityUnknown = trial.workload().kind() == Workload.Kind.PARITY
                    && trial.reasons().stream().anyMatch(r -> r.code() == Code.NO_LOGITS);
            // What answers do under load is a figure of its own; that the server goes down under it is a failure.
            boolean underLoad = trial.workload().kind() == Workload.Kind.EVALUATION_UNDER_LOAD
                    && trial.status() != Trial.Status.FAILED;
            boolean passes = parityUnknown
                    || underLoad
                    || trial.reasons().stream().anyMatch(VariantFigures::screening)
                    || (probe && trial.status() != Trial.Status.FAILED && found());
            if (!passes && severity(trial.status()) > severity(worst)) {
                worst = trial.status();
            }
        }
        return worst;
    }

    private boolean found() {
        return capacity.found().isPresent();
    }

    private static int severity(Trial.Status status) {
        return switch (status) {
            case COMPLETED -> 0;
            case SATURATED -> 1;
            case DISTURBED -> 2;
            case SKIPPED -> 3;
            case INVALID -> 4;
            case FAILED -> 5;
        };
    }

    private @Nullable Reason screened() {
        return trials.stream()
                .flatMap(t -> t.reasons().stream())
                .filter(VariantFigures::screening)
                .findFirst()
                .orElse(null);
    }

    private static boolean screening(Reason reason) {
        return reason.code() == Code.SCREENED_ACCURACY || reason.code() == Code.SCREENED_COST;
    }

    /** Why what was planned was not measured to the end; {@code null} when it was. */
    private @Nullable Reason unfinished() {
        if (trials.isEmpty()) {
            return Reason.of(Code.NOT_MEASURED);
        }
        for (String scenario : manifest.plan().scenarios()) {
            long measured = trials.stream()
                    .filter(t -> t.workload().name().equals(scenario) && t.status() != Trial.Status.DISTURBED)
                    .count();
            if (measured < manifest.plan().repeats()) {
                return unfinished(scenario);
            }
        }
        boolean searched = capacity.byBlock().size() >= manifest.plan().repeats();
        return manifest.plan().search() != null && !searched && !searchedInVain() ? unfinished(CAPACITY) : null;
    }

    /** Whether the search of a block went to its end and no rate held, in no block. */
    private boolean searchedInVain() {
        double share = manifest.objectives().goodputShare();
        return !found()
                && capacity.probes().stream().noneMatch(p -> p.holds(share))
                && blocks().anyMatch(this::searchEnded);
    }

    private IntStream blocks() {
        return capacity.probes().stream().mapToInt(Probe::repeat).distinct();
    }

    /**
     * Whether the search of a block went to its end. One that was cut short, by a disturbed trial or by the budget, says nothing
     * of the rates that it did not come to.
     */
    private boolean searchEnded(int block) {
        Manifest.Search search = manifest.plan().search();
        List<Probe> probes = CapacityEstimate.block(capacity.probes(), block);
        boolean cutShort = trials.stream()
                        .anyMatch(t -> t.workload().kind() == Workload.Kind.CAPACITY
                                && t.repeat() == block
                                && t.status() == Trial.Status.DISTURBED)
                || probes.stream().anyMatch(p -> p.verdict() == Verdict.UNKNOWN);
        return search != null
                && !cutShort
                && new CapacitySearch(
                                search.resolution(),
                                search.mostProbes(),
                                manifest.objectives().goodputShare())
                        .next(probes.get(0).rate(), false, probes)
                        .isEmpty();
    }

    private Reason unfinished(String load) {
        return trials.stream()
                .filter(t -> t.workload().name().equals(load) && t.status() == Trial.Status.DISTURBED)
                .findFirst()
                .map(t -> Reason.over(Code.RETRIES_SPENT, t.attempt(), t.attempt()))
                .orElseGet(() -> notMeasured(load));
    }

    private Reason notMeasured(String load) {
        Manifest.Search search = manifest.plan().search();
        if (search != null
                && load.equals(CAPACITY)
                && blocks().anyMatch(block -> !capacity.byBlock().containsKey(block) && searchEnded(block))) {
            return new Reason(Code.CAPACITY_OPEN, null, (double) search.mostProbes(), null);
        }
        return budgetSpent
                ? new Reason(Code.BUDGET_SPENT, load, null, manifest.plan().loadBudgetSeconds())
                : Reason.about(Code.NOT_MEASURED, load);
    }

    /** What loads at a given rate and the capacity search say of the objectives. */
    private Standing.Objectives objectives() {
        List<Reason> missed = new ArrayList<>();
        List<Reason> open = new ArrayList<>();
        double share = manifest.objectives().goodputShare();
        if (searchedInVain()) {
            double lowest =
                    capacity.probes().stream().mapToDouble(Probe::rate).min().orElse(0);
            missed.add(new Reason(Code.OBJECTIVES_MISSED, null, lowest, null));
        }
        for (String scenario : manifest.plan().scenarios()) {
            goodput(scenario, "", share, missed, open);
            sharesOfClasses(scenario)
                    .forEach((name, own) -> goodput(scenario, Metric.classScope(name), own, missed, open));
        }
        return new Standing.Objectives(missed, open);
    }

    /** Shares that classes of a scenario must reach each for itself, by name. */
    private Map<String, Double> sharesOfClasses(String scenario) {
        Map<String, Double> shares = new TreeMap<>();
        for (Trial trial : trials) {
            Circumstances circumstances = trial.circumstances();
            if (trial.workload().name().equals(scenario) && circumstances != null) {
                circumstances.objectivesOfClasses().forEach((name, own) -> {
                    if (own.goodputShare() != null) {
                        shares.put(name, own.goodputShare());
                    }
                });
            }
        }
        return shares;
    }

    /**
     * An open-loop scenario asks for a given rate: it is met when the pooled share surely is, over all repeats.
     *
     * @param scope of a class that has a share of its own; empty for the scenario as a whole
     */
    private void goodput(String scenario, String scope, double share, List<Reason> missed, List<Reason> open) {
        List<Measurement> shares = trials.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.LOAD_OPEN
                        && t.workload().name().equals(scenario)
                        && t.status().counts())
                .flatMap(t -> t.measurements().stream())
                .filter(m -> m.name().equals(Metric.GOODPUT.id()) && m.scope().equals(scope))
                .toList();
        long offered = shares.stream().mapToLong(Measurement::samples).sum();
        if (offered == 0) {
            return;
        }
        long good = shares.stream()
                .mapToLong(m -> Math.round(m.value() * m.samples()))
                .sum();
        Measurement pooled = Proportion.measurement(Metric.GOODPUT.id(), scenario, good, offered);
        Double low = pooled.low();
        Double high = pooled.high();
        if (low == null || high == null) {
            return;
        }
        String subject = scope.isEmpty() ? scenario : scenario + ", " + scope;
        if (high < share) {
            missed.add(new Reason(Code.GOODPUT_MISSED, subject, high, share));
        } else if (low < share) {
            OptionalLong needed = Proportion.samplesToSettle(pooled.value(), share);
            open.add(new Reason(
                    Code.GOODPUT_OPEN, subject, needed.isPresent() ? (double) needed.getAsLong() : null, share));
        }
    }

    VariantView view(String rank, Decision.Candidate candidate) {
        Set<Reason> reasons = new LinkedHashSet<>();
        Set<Reason> flags = new LinkedHashSet<>();
        trials.forEach(t -> reasons.addAll(t.reasons()));
        trials.forEach(t -> flags.addAll(t.flags()));
        if (trials.isEmpty()) {
            reasons.add(Reason.of(Code.NOT_MEASURED));
        }
        return new VariantView(
                variant,
                rank,
                variant.id().equals(manifest.baseline()),
                status(),
                List.copyOf(reasons),
                List.copyOf(flags),
                candidate,
                accuracy,
                capacity,
                headline(),
                figures);
    }

    /** The load whose latencies stand for the variant: the first one by a schedule that has any, else the search, else any. */
    private String headline() {
        List<String> loads = Stream.of(
                        scenarios(Workload.Kind.LOAD_OPEN), Stream.of(CAPACITY), scenarios(Workload.Kind.LOAD_CLOSED))
                .flatMap(names -> names)
                .filter(figures::containsKey)
                .toList();
        return loads.stream()
                .filter(name -> figures.getOrDefault(name, Map.of()).containsKey(Metric.TTFT_P50.id()))
                .findFirst()
                .orElse(loads.isEmpty() ? "" : loads.get(0));
    }

    private Stream<String> scenarios(Workload.Kind kind) {
        return trials.stream()
                .filter(trial -> trial.workload().kind() == kind)
                .map(trial -> trial.workload().name());
    }
}
