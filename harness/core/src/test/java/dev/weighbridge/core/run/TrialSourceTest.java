package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.core.study.StudyFile;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.ScriptedEngine;
import dev.weighbridge.testkit.ScriptedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialSourceTest {
    private static final int MOST_TRIALS = 500;
    private static final String STUDY = """
            study: small
            models: [model]
            engines: [alpha, beta]
            precisions: [fp32]
            batching: [none, {policy: continuous, size: 8}]
            hardware: box
            prices: prices.yaml
            objectives: {goodput: 0.95}
            load:
              capacity: {duration: 1s}
              %s
            repeats: 3
            """;

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.createDirectories(folder.resolve("model"));
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.0\n");
    }

    private Plan plan(String load) {
        Function<String, ScriptedProvider> engine =
                id -> ScriptedProvider.opening(id, spec -> ScriptedEngine.answering(id, spec, request -> "answer"));
        return Plan.of(
                StudyFile.parse(STUDY.formatted(load), "small.yaml", folder),
                Map.of("alpha", engine.apply("alpha"), "beta", engine.apply("beta")));
    }

    /** A server of which the capacity is known, on a quiet machine. */
    private static Trial measured(PlannedTrial planned, double capacity) {
        Double offered = planned.workload().offeredRate();
        boolean holds = offered == null || offered <= capacity;
        List<Measurement> figures = planned.workload().kind().load()
                ? List.of(
                        new Measurement("goodput", "", "goodput", holds ? 1 : 0.4, "1", 400, 0.99, 1.0, false),
                        new Measurement(
                                "achieved_rate", "", "achieved_rate", capacity, "requests/s", 400, null, null, false),
                        new Measurement(
                                "output_tokens_mean", "", "output_tokens", 32, "tokens", 400, null, null, false))
                : List.of();
        return trial(planned, Trial.Status.COMPLETED, List.of(), holds ? figures : lowered(figures));
    }

    private static List<Measurement> lowered(List<Measurement> figures) {
        return figures.stream()
                .map(m -> m.name().equals("goodput")
                        ? new Measurement("goodput", "", "goodput", 0.4, "1", 400, 0.35, 0.45, false)
                        : m)
                .toList();
    }

    private static Trial trial(
            PlannedTrial planned, Trial.Status status, List<Reason> reasons, List<Measurement> figures) {
        Reason skip = planned.skip();
        return new Trial(
                Trial.SCHEMA_VERSION,
                planned.id(),
                planned.variant().variant(),
                planned.workload(),
                planned.repeat(),
                planned.step(),
                planned.attempt(),
                skip == null ? status : Trial.Status.SKIPPED,
                skip == null ? reasons : List.of(skip),
                List.of(),
                skip == null ? figures : List.of(),
                null,
                Map.of(),
                "2026-11-24T00:00:00Z",
                2);
    }

    private static double capacity(PlannedTrial planned) {
        String id = planned.variant().variant().id();
        return id.contains("alpha~fp32~none") ? 20 : id.contains("none") ? 30 : id.contains("alpha") ? 100 : 110;
    }

    private static List<Trial> all(Plan plan, Function<PlannedTrial, Trial> machine) {
        List<Trial> finished = new ArrayList<>();
        for (Optional<PlannedTrial> next = TrialSource.next(plan, finished, Set.of());
                next.isPresent();
                next = TrialSource.next(plan, finished, Set.of())) {
            finished.add(machine.apply(next.get()));
            assertThat(finished).as("the study must come to an end").hasSizeLessThan(MOST_TRIALS);
        }
        return finished;
    }

    private static List<Trial> all(Plan plan) {
        return all(plan, planned -> measured(planned, capacity(planned)));
    }

    @Test
    void everyTrialHasAnIdOfItsOwnAndAskingAgainGivesTheSame() {
        Plan plan = plan("");
        List<Trial> finished = all(plan);
        assertThat(finished).extracting(Trial::id).doesNotHaveDuplicates();
        for (int done = 0; done < finished.size(); done++) {
            assertThat(TrialSource.next(plan, finished.subList(0, done), Set.of())
                            .orElseThrow()
                            .id())
                    .as("after %s trials, as a resumed run asks", done)
                    .isEqualTo(finished.get(done).id());
        }
    }

    @Test
    void questionsBesideALoadComeLastAtTheRateThatWasFound() {
        String text = STUDY.formatted("") + "evaluation: {tasks: [demo-arithmetic], under-load: true}\n";
        Function<String, ScriptedProvider> engine =
                id -> ScriptedProvider.opening(id, spec -> ScriptedEngine.answering(id, spec, request -> "answer"));
        Plan plan = Plan.of(
                StudyFile.parse(text, "small.yaml", folder),
                Map.of("alpha", engine.apply("alpha"), "beta", engine.apply("beta")));
        List<Trial> finished = all(plan);
        List<Trial> beside = finished.stream()
                .filter(t -> t.workload().kind() == Workload.Kind.EVALUATION_UNDER_LOAD)
                .toList();
        assertThat(finished.subList(finished.size() - beside.size(), finished.size()))
                .isEqualTo(beside);
        assertThat(beside)
                .extracting(t -> t.variant().id())
                // Who is screened gets no load of any kind.
                .containsExactlyInAnyOrder("model~alpha~fp32~none", "model~beta~fp32~continuous-8");
        Trial baseline = beside.stream()
                .filter(t -> t.variant().id().equals("model~alpha~fp32~none"))
                .findFirst()
                .orElseThrow();
        assertThat(baseline.workload().offeredRate()).isCloseTo(20, within(3.0));
    }

    @Test
    void theBaselineIsInEveryBlockAndBlocksAreShuffled() {
        List<Trial> finished = all(plan(""));
        Set<List<String>> orders = new HashSet<>();
        for (int repeat = 1; repeat <= 3; repeat++) {
            int block = repeat;
            List<String> order = finished.stream()
                    .filter(t -> t.workload().kind() == Workload.Kind.CAPACITY && t.repeat() == block)
                    .filter(t -> t.status() != Trial.Status.SKIPPED)
                    .map(t -> t.variant().id())
                    .distinct()
                    .toList();
            assertThat(order).contains("model~alpha~fp32~none");
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(1);
    }

    @Test
    void whoCannotComeNearTheLeaderIsScreenedOnceAndGetsNoMoreLoad() {
        List<Trial> slow = all(plan("")).stream()
                .filter(t -> t.variant().id().equals("model~beta~fp32~none"))
                .toList();
        assertThat(slow)
                .extracting(t -> t.workload().kind())
                .startsWith(Workload.Kind.PARITY, Workload.Kind.SATURATION);
        assertThat(slow.stream().filter(t -> t.status() == Trial.Status.SKIPPED))
                .singleElement()
                .satisfies(t -> {
                    assertThat(t.reasons()).extracting(Reason::code).containsExactly(Code.SCREENED_COST);
                    assertThat(t.reasons().get(0).figure())
                            .isGreaterThan(t.reasons().get(0).limit());
                });
        assertThat(slow).hasSize(3);
    }

    @Test
    void whoWasScreenedIsMeasuredAfterAllWhereTheBlocksTurnOutToDifferMuch() {
        // Everybody is less than half as fast in the second block, and one variant was so in its saturation already.
        String unlucky = "model~beta~fp32~continuous-8";
        List<Trial> finished = all(plan(""), planned -> {
            boolean slow = planned.repeat() == 2
                    || (planned.workload().kind() == Workload.Kind.SATURATION
                            && planned.variant().variant().id().equals(unlucky));
            return measured(planned, capacity(planned) * (slow ? 0.45 : 1));
        });
        List<Trial> probes = finished.stream()
                .filter(t -> t.variant().id().equals(unlucky) && t.workload().kind() == Workload.Kind.CAPACITY)
                .toList();
        assertThat(probes).anyMatch(t -> t.status() == Trial.Status.SKIPPED);
        assertThat(probes.stream()
                        .filter(t -> t.status() == Trial.Status.COMPLETED)
                        .map(Trial::repeat)
                        .distinct())
                .containsExactlyInAnyOrder(1, 2, 3);
        assertThat(finished.stream()
                        .filter(t -> t.variant().id().equals("model~alpha~fp32~none"))
                        .filter(t -> t.status() == Trial.Status.SKIPPED))
                .as("the baseline is never screened")
                .isEmpty();
    }

    @Test
    void variantsThatCannotBeToldApartGetFurtherBlocksAndNobodyElseButTheBaseline() {
        Random noise = new Random(5);
        List<Trial> finished =
                all(plan(""), planned -> measured(planned, capacity(planned) * (1 + noise.nextGaussian() / 10)));
        assertThat(furtherBlocks(finished))
                .containsExactlyInAnyOrder(
                        "model~alpha~fp32~continuous-8", "model~beta~fp32~continuous-8", "model~alpha~fp32~none");
        assertThat(finished.stream().mapToInt(Trial::repeat).max()).hasValue(6);
    }

    @Test
    void whoIsSurelyCheapestAfterThePlannedBlocksNeedsNoMore() {
        Random noise = new Random(5);
        // A tenth apart, and blocks that differ by a thousandth.
        List<Trial> finished =
                all(plan(""), planned -> measured(planned, capacity(planned) * (1 + noise.nextGaussian() / 1000)));
        assertThat(furtherBlocks(finished)).isEmpty();
    }

    private static Set<String> furtherBlocks(List<Trial> finished) {
        return finished.stream()
                .filter(t -> t.repeat() > 3)
                .map(t -> t.variant().id())
                .collect(Collectors.toSet());
    }

    @Test
    void theMostThatAVariantDoesIsTakenFromTheProcessOfItsChecks() {
        Plan plan = plan("");
        PlannedVariant first = plan.inOrderOfChecks().get(0);
        List<PlannedTrial> planned = new ArrayList<>();
        all(plan, trial -> {
            planned.add(trial);
            return measured(trial, capacity(trial));
        });
        assertThat(planned.stream().filter(t -> t.variant().equals(first)).limit(2))
                .extracting(t -> t.workload().kind())
                .containsExactly(Workload.Kind.PARITY, Workload.Kind.SATURATION);
        assertThat(planned.get(1).process()).isEqualTo(planned.get(0).process());
        assertThat(planned.stream()
                        .filter(t -> t.workload().kind() == Workload.Kind.CAPACITY)
                        .map(t -> t.process() + " " + t.repeat())
                        .distinct())
                .as("each block has an engine process of its own")
                .allMatch(process -> process.matches(".*/capacity/([1-6]) \\1"));
    }

    @Test
    void rivalsThatAreCloseAreBothMeasuredInEveryBlock() {
        List<Trial> finished = all(plan(""));
        for (String rival : List.of("model~alpha~fp32~continuous-8", "model~beta~fp32~continuous-8")) {
            assertThat(finished.stream()
                            .filter(t -> t.variant().id().equals(rival)
                                    && t.workload().kind() == Workload.Kind.CAPACITY)
                            .map(Trial::repeat)
                            .distinct())
                    .as(rival)
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void aDisturbedTrialIsMeasuredAgainButNotForEver() {
        List<Trial> finished = all(
                plan("retries: 2"),
                planned -> planned.workload().kind() == Workload.Kind.SATURATION
                                && planned.variant().variant().id().contains("beta")
                        ? trial(planned, Trial.Status.DISTURBED, List.of(Reason.over(Code.STEAL, 0.2, 0.1)), List.of())
                        : measured(planned, capacity(planned)));
        assertThat(finished.stream()
                        .filter(t -> t.status() == Trial.Status.DISTURBED
                                && t.variant().id().equals("model~beta~fp32~none"))
                        .map(Trial::attempt))
                .containsExactly(1, 2, 3);
        List<Trial> once = all(
                plan("retries: 2"),
                planned -> planned.attempt() == 1 && planned.workload().kind() == Workload.Kind.SATURATION
                        ? trial(planned, Trial.Status.DISTURBED, List.of(Reason.over(Code.STEAL, 0.2, 0.1)), List.of())
                        : measured(planned, capacity(planned)));
        assertThat(once.stream()
                        .filter(t -> t.workload().kind() == Workload.Kind.SATURATION)
                        .map(Trial::attempt))
                .as("the first clean attempt counts")
                .containsOnly(1, 2);
    }

    @Test
    void aSearchAfterDisturbedSaturationBeginsWhereTheBestOfItsAttemptsWas() {
        List<Trial> finished = all(
                plan("retries: 1"),
                planned -> planned.workload().kind() == Workload.Kind.SATURATION
                        ? trial(
                                planned,
                                Trial.Status.DISTURBED,
                                List.of(Reason.over(Code.STEAL, 0.2, 0.1)),
                                List.of(new Measurement(
                                        "achieved_rate",
                                        "",
                                        "achieved_rate",
                                        90.0 / planned.attempt(),
                                        "requests/s",
                                        400,
                                        null,
                                        null,
                                        false)))
                        : measured(planned, capacity(planned)));
        assertThat(finished.stream()
                        .filter(t -> t.workload().kind() == Workload.Kind.CAPACITY && t.repeat() == 1 && t.step() == 1)
                        .map(t -> t.workload().offeredRate()))
                .as("not at the rate of a server that nothing is known of")
                .hasSizeGreaterThan(1)
                .allMatch(rate -> rate != null && rate > 70 && rate < 90);
    }

    @Test
    void aResultIsNeverAReasonToMeasureAgain() {
        List<Trial> finished = all(
                plan(""),
                planned -> planned.workload().kind() == Workload.Kind.SATURATION
                        ? trial(planned, Trial.Status.INVALID, List.of(Reason.of(Code.EMPTY_ANSWERS)), List.of())
                        : measured(planned, capacity(planned)));
        assertThat(finished.stream()
                        .filter(t -> t.status() == Trial.Status.INVALID)
                        .map(Trial::attempt))
                .containsOnly(1);
    }

    @Test
    void aFailedTrialIsTriedAgainOnlyWhenThatIsAskedFor() {
        Plan plan = plan("");
        List<Trial> finished = all(
                plan,
                planned -> planned.workload().kind() == Workload.Kind.SATURATION
                                && planned.variant().variant().id().contains("beta~fp32~continuous")
                        ? trial(planned, Trial.Status.FAILED, List.of(Reason.of(Code.ENGINE_FAILED)), List.of())
                        : measured(planned, capacity(planned)));
        assertThat(TrialSource.next(plan, finished, Set.of())).isEmpty();
        PlannedTrial again = TrialSource.next(plan, finished, TrialSource.withoutResult(finished))
                .orElseThrow();
        assertThat(again.id()).isEqualTo("model~beta~fp32~continuous-8~saturation~1-a2");
    }

    @Test
    void aTrialThatWasDisturbedTooOftenIsTriedOnceMoreWhenThatIsAskedFor() {
        Plan plan = plan("retries: 1");
        List<Trial> finished = all(
                plan,
                planned -> planned.workload().kind() == Workload.Kind.SATURATION
                                && planned.variant().variant().id().contains("beta~fp32~continuous")
                        ? trial(planned, Trial.Status.DISTURBED, List.of(Reason.over(Code.STEAL, 0.2, 0.1)), List.of())
                        : measured(planned, capacity(planned)));
        assertThat(TrialSource.next(plan, finished, Set.of())).isEmpty();
        Set<String> again = TrialSource.withoutResult(finished);
        PlannedTrial third = TrialSource.next(plan, finished, again).orElseThrow();
        assertThat(third.id()).isEqualTo("model~beta~fp32~continuous-8~saturation~1-a3");
        List<Trial> disturbedAgain = new ArrayList<>(finished);
        disturbedAgain.add(trial(third, Trial.Status.DISTURBED, List.of(Reason.over(Code.STEAL, 0.2, 0.1)), List.of()));
        assertThat(TrialSource.next(plan, disturbedAgain, again))
                .as("once, not for ever")
                .isEmpty();
    }

    @Test
    void theBudgetBoundsTheLoad() {
        List<Trial> finished = all(plan("budget: 10s"));
        assertThat(finished.stream().filter(t -> t.workload().kind().load()))
                .as("two seconds each")
                .hasSize(5);
    }

    @Test
    void eachBlockGetsAnEngineProcessOfItsOwn() {
        Plan plan = plan("");
        PlannedVariant variant = plan.variants().get(0);
        PlannedTrial first = PlannedTrial.of(variant, Workload.Kind.LOAD_OPEN, "chat", 1, null);
        PlannedTrial second = PlannedTrial.of(variant, Workload.Kind.LOAD_OPEN, "chat", 2, null);
        assertThat(first.process()).isNotEqualTo(second.process());
        assertThat(first.step(2).process()).isEqualTo(first.process());
    }

    @Test
    void aFurtherAttemptBehindAGatewayGetsAFreshProcess() throws IOException {
        Files.writeString(folder.resolve("guarded.yaml"), "guards: standard\n");
        Plan gated = plan("retries: 2\ngateways: [none, guarded.yaml]");
        assertThat(gated.variants()).hasSize(8);
        for (PlannedVariant variant : gated.variants()) {
            PlannedTrial first = probe(gated, variant);
            assertThat(first.attempt(2).process()).isNotEqualTo(first.process());
            assertThat(first.step(2).process()).isEqualTo(first.process());
        }
        Plan open = plan("");
        PlannedTrial alone = probe(open, open.variants().get(0));
        assertThat(alone.attempt(2).process()).isEqualTo(alone.process());
    }

    private static PlannedTrial probe(Plan plan, PlannedVariant variant) {
        return PlannedTrial.probe(variant, plan.study().capacity().orElseThrow().probe(), 1, 1, 5);
    }
}
