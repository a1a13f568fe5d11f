package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Variant;
import dev.weighbridge.testkit.MeasuredRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleReportTest {
    @TempDir
    static Path results;

    private static RunDirectory realistic;
    private static RunDirectory hostile;

    @BeforeAll
    static void measure() {
        realistic = FixtureRun.realistic(results);
        hostile = FixtureRun.hostile(results);
    }

    private static String render(RunDirectory run, int width) {
        return ConsoleReport.render(RunView.of(run), width);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 120, 160})
    void noLineIsLongerThanTheTerminalIsWide(int width) {
        assertThat(render(realistic, width).lines()).allMatch(line -> line.length() <= width);
        assertThat(render(hostile, width).lines()).allMatch(line -> line.length() <= width);
    }

    @Test
    void a120ColumnTerminalShowsEveryFigureWhole() {
        String text = render(realistic, 120);
        assertThat(text)
                .contains("1= onnxruntime · int8 · continuous-8", "80.0 ±3.2", "0.0248 chosen")
                .doesNotContain("…");
        assertThat(text.lines().filter(line -> line.contains("disqualified"))).hasSize(4);
    }

    @Test
    void theDecisionFollowsWithItsReasons() {
        assertThat(render(realistic, 160))
                .contains("Decision: tied: deploy onnxruntime · int8 · continuous-8")
                .contains("chosen onnxruntime · int8 · continuous-8: cheapest variant that meets the objectives")
                .contains("Prices: example-cloud of 2026-02-15");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "20 | the study's load budget of 20 s was spent before it was measured to the end: capacity",
                "60 | not measured yet: capacity"
            })
    void aVariantThatTheBudgetLeftOutIsToldFromOneThatWasNotReachedYet(double budget, String reason) {
        Variant first = new Variant("a", "m", "pytorch", "fp32", "none", "none", "cpu", "cpu-2");
        Variant second = new Variant("b", "m", "pytorch", "int8", "none", "none", "cpu", "cpu-2");
        RunDirectory run = MeasuredRun.in(
                        results,
                        "budget",
                        "r" + Math.round(budget),
                        List.of(first, second),
                        List.of("demo-sentiment"),
                        manifest -> withBudget(manifest, budget))
                .whole(first, 0, 20, 21, 20)
                .parity(second)
                .answers(second, 0)
                .directory();
        assertThat(render(run, 200)).contains(reason);
    }

    private static Manifest withBudget(Manifest m, double seconds) {
        Manifest.Plan plan = m.plan();
        return new Manifest(
                m.schemaVersion(),
                m.study(),
                m.runId(),
                m.studySha256(),
                m.studyText(),
                m.createdAt(),
                m.gitCommit(),
                m.seeds(),
                m.host(),
                m.software(),
                m.models(),
                m.data(),
                m.prices(),
                m.baseline(),
                m.objectives(),
                m.variants(),
                new Manifest.Plan(
                        plan.tasks(), plan.scenarios(), plan.search(), plan.repeats(), seconds, plan.baselines()));
    }

    @Test
    void variantsThatAreNotRankedAreGivenTheirReasons() {
        assertThat(render(realistic, 160))
                .contains("pytorch · int4 · none: skipped, pytorch has no int4 kernel on this CPU");
    }

    @Test
    void nothingInARunCanSteerTheTerminal() {
        assertThat(render(hostile, 120).chars().filter(c -> c != '\n'))
                .noneMatch(c -> Character.isISOControl(c) || c == 0x202E);
    }
}
