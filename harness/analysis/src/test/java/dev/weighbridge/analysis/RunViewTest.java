package dev.weighbridge.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.MeasuredRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run whose searches found nothing comes to. */
class RunViewTest {
    private static final Variant ONLY =
            new Variant("m~alpha~fp32~none", "m", "alpha", "fp32", "none", "none", "cpu", "cpu-2");
    private static final Reason STOLEN = Reason.over(Code.STEAL, 0.3, 0.1);

    @TempDir
    private Path results;

    private MeasuredRun run() {
        return MeasuredRun.in(results, "study", "run", List.of(ONLY), List.of(), UnaryOperator.identity())
                .parity(ONLY);
    }

    /** Steps of one block's search, each a third below the one before, none of which holds. */
    private static MeasuredRun missed(MeasuredRun run, int block, int from, int to) {
        for (int step = from; step <= to; step++) {
            run.trial(
                    ONLY,
                    new Workload(Workload.Kind.CAPACITY, "capacity", 100 * Math.pow(2 / 3.0, step)),
                    block,
                    step,
                    Trial.Status.COMPLETED,
                    List.of(),
                    List.of(new Measurement("goodput", "", "goodput", 0.4, "1", 400, 0.35, 0.45, false)),
                    Map.of());
        }
        return run;
    }

    private static MeasuredRun disturbed(MeasuredRun run, int block, int step) {
        return run.trial(
                ONLY,
                new Workload(Workload.Kind.CAPACITY, "capacity", 100 * Math.pow(2 / 3.0, step)),
                block,
                step,
                Trial.Status.DISTURBED,
                List.of(STOLEN),
                List.of(),
                Map.of());
    }

    private static RunView view(MeasuredRun run) {
        return RunView.of(run.directory());
    }

    private static List<Code> codes(RunView view) {
        return view.decision().candidates().get(0).reasons().stream()
                .map(Reason::code)
                .toList();
    }

    @Test
    void aSearchThatMissedToItsEndDisqualifies() {
        RunView view = view(missed(run(), 1, 1, MeasuredRun.SEARCH.mostProbes()));
        assertThat(view.decision().outcome()).isEqualTo(Decision.Outcome.NONE_QUALIFIES);
        assertThat(codes(view)).containsExactly(Code.OBJECTIVES_MISSED);
    }

    @Test
    void aSearchThatTheMachineDisturbedSaysNothingOfLowerRates() {
        RunView view = view(disturbed(missed(run(), 1, 1, 2), 1, 3));
        assertThat(view.decision().outcome()).isEqualTo(Decision.Outcome.INCONCLUSIVE);
        assertThat(codes(view)).containsExactly(Code.RETRIES_SPENT);
    }

    @Test
    void aRunInWhichEverythingWasDisturbedIsInconclusive() {
        RunView view = view(disturbed(run(), 1, 1));
        assertThat(view.decision().outcome()).isEqualTo(Decision.Outcome.INCONCLUSIVE);
        assertThat(codes(view)).containsExactly(Code.RETRIES_SPENT);
    }

    @Test
    void aSearchThatFoundNoRateThatIsTooHighSaysSo() {
        MeasuredRun run = run();
        for (int step = 1; step <= MeasuredRun.SEARCH.mostProbes(); step++) {
            run.trial(
                    ONLY,
                    new Workload(Workload.Kind.CAPACITY, "capacity", 100.0 * step),
                    1,
                    step,
                    Trial.Status.COMPLETED,
                    List.of(),
                    List.of(new Measurement("goodput", "", "goodput", 1, "1", 400, 0.99, 1.0, false)),
                    Map.of());
        }
        RunView view = view(run);
        assertThat(view.decision().outcome()).isEqualTo(Decision.Outcome.INCONCLUSIVE);
        assertThat(codes(view)).containsExactly(Code.CAPACITY_OPEN);
    }

    @Test
    void aSearchThatWasCutShortSaysNothingOfLowerRates() {
        RunView view = view(missed(run(), 1, 1, 2));
        assertThat(view.decision().outcome()).isEqualTo(Decision.Outcome.INCONCLUSIVE);
        assertThat(codes(view)).containsExactly(Code.NOT_MEASURED);
    }

    /** A mixed load in which 380 of 400 requests were good, and of class {@code long} so many of 100. */
    private static RunView mixed(Path results, int goodOfLong) {
        MeasuredRun run = MeasuredRun.in(
                results,
                "study",
                "run" + goodOfLong,
                List.of(ONLY),
                List.of(),
                manifest -> new Manifest(
                        manifest.schemaVersion(),
                        manifest.study(),
                        manifest.runId(),
                        manifest.studySha256(),
                        manifest.studyText(),
                        manifest.createdAt(),
                        manifest.gitCommit(),
                        manifest.seeds(),
                        manifest.host(),
                        manifest.software(),
                        manifest.models(),
                        manifest.data(),
                        manifest.prices(),
                        manifest.baseline(),
                        new Manifest.Objectives(250.0, null, null, 0.9, 0.02),
                        manifest.variants(),
                        new Manifest.Plan(
                                List.of(),
                                List.of("chat"),
                                null,
                                1,
                                null,
                                manifest.plan().baselines())));
        Circumstances circumstances = new Circumstances(
                0,
                0,
                1_000_000_000,
                true,
                true,
                true,
                null,
                null,
                2,
                null,
                Map.of("long", new RequestObjectives(2_000.0, null, null, 0.8)));
        run.parity(ONLY)
                .load(
                        ONLY,
                        new Workload(Workload.Kind.LOAD_OPEN, "chat"),
                        circumstances,
                        List.of(
                                Proportion.measurement("goodput", "", 380, 400),
                                Proportion.measurement("goodput", "class long", goodOfLong, 100)));
        return view(run);
    }

    @Test
    void aClassThatMissesItsOwnShareDisqualifiesWhateverTheWholeLoadReached() {
        RunView view = mixed(results, 60);
        assertThat(codes(view)).containsExactly(Code.GOODPUT_MISSED);
        Reason reason = view.decision().candidates().get(0).reasons().get(0);
        assertThat(reason.subject()).isEqualTo("chat, class long");
        assertThat(reason.limit()).isEqualTo(0.8);
        assertThat(codes(mixed(results, 80))).as("not sure").containsExactly(Code.GOODPUT_OPEN);
    }

    @Test
    void aClassThatReachesItsShareHasItsFiguresBesideThoseOfTheLoad() {
        RunView view = mixed(results, 95);
        assertThat(codes(view)).doesNotContain(Code.GOODPUT_MISSED, Code.GOODPUT_OPEN);
        assertThat(view.rows()
                        .get(0)
                        .figure(Metric.GOODPUT, "chat")
                        .orElseThrow()
                        .value())
                .isEqualTo(0.95);
        assertThat(view.rows()
                        .get(0)
                        .figure(Metric.GOODPUT, "chat, class long")
                        .orElseThrow()
                        .samples())
                .isEqualTo(100);
    }
}
