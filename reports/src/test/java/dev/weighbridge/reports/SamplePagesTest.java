package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.MeasuredRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages of samples show, and what they let no answer do. */
class SamplePagesTest {
    private static final Variant FIRST = Variant.outsideStudy("demo", "onnxruntime", "fp32", "none", "cpu");
    private static final Variant SECOND = Variant.outsideStudy("demo", "onnxruntime", "int4", "none", "cpu");

    @TempDir
    private Path results;

    private RunDirectory run() {
        return MeasuredRun.in(
                        results, "study", "run", List.of(FIRST, SECOND), List.of("sums"), UnaryOperator.identity())
                .directory();
    }

    private static SampleRecord sample(int id, String answer, double score, @Nullable String failure) {
        return new SampleRecord(
                id,
                Map.of("id", "sums-" + id),
                "42",
                Map.of("gen_args_0", Map.of("arg_0", "What is " + id + "?")),
                failure == null ? List.of(List.of(answer + " indeed")) : List.of(),
                failure == null ? List.of(answer) : List.of(),
                "first-line",
                List.of("exact_match"),
                "hash " + id,
                "p",
                "t",
                score,
                failure,
                Map.of());
    }

    private static void answers(RunDirectory run, Variant variant, SampleRecord... samples) {
        answers(
                run,
                variant,
                new Measurement("accuracy", "sums", "accuracy", 0.5, "1", samples.length, null, null, false),
                samples);
    }

    private static void answers(RunDirectory run, Variant variant, Measurement figure, SampleRecord... samples) {
        String id = variant.id() + "~evaluation";
        try (TrialFolder folder = run.begin(id)) {
            for (SampleRecord sample : samples) {
                folder.sample("sums", sample);
            }
            folder.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    id,
                    variant,
                    new Workload(Workload.Kind.EVALUATION, "evaluation"),
                    1,
                    1,
                    1,
                    Trial.Status.COMPLETED,
                    List.<Reason>of(),
                    List.of(),
                    List.of(figure),
                    null,
                    Map.of(),
                    "2026-11-27T10:00:00Z",
                    1));
        }
    }

    private static String page(RunDirectory run) throws IOException {
        Path report = ReportWriter.write(run);
        assertThat(Files.readString(report)).contains("href=\"samples_sums.html\"");
        return Files.readString(report.resolveSibling("samples_sums.html"));
    }

    @Test
    void samplesOnWhichVariantsDifferComeFirstThenWrongOnes() throws IOException {
        RunDirectory run = run();
        answers(run, FIRST, sample(0, "42", 1, null), sample(1, "7", 0, null), sample(2, "42", 1, null));
        answers(run, SECOND, sample(0, "42", 1, null), sample(1, "8", 0, null), sample(2, "43", 0, null));
        String page = page(run);
        assertThat(page.indexOf("sums-2")).isLessThan(page.indexOf("sums-1"));
        assertThat(page.indexOf("sums-1")).isLessThan(page.indexOf("sums-0"));
        assertThat(page).contains("What is 2?", "42 indeed", "right", "wrong");
    }

    @Test
    void aScoreThatIsNoShareIsShownWithoutRightAndWrong() throws IOException {
        RunDirectory run = run();
        Measurement perplexity =
                new Measurement("score", "sums/word_perplexity", "word_perplexity", 31.5, "", 2, null, null, false);
        answers(run, FIRST, perplexity, sample(0, "a", -75.5, null), sample(1, "b", 12, null));
        assertThat(page(run)).contains("scored", "-75.5").doesNotContain(">wrong<", ">right<");
    }

    @Test
    void noAnswerIsMoreThanText() throws IOException {
        RunDirectory run = run();
        answers(
                run,
                FIRST,
                sample(0, FixtureRun.HOSTILE + "\nsecond line", 0, null),
                sample(1, "", 0, "refused " + FixtureRun.HOSTILE));
        String page = page(run);
        assertThat(page)
                .doesNotContain("<script>alert")
                .doesNotContain("\u0000")
                .doesNotContain("\u202E");
        assertThat(page).contains("&lt;script&gt;alert(1)", "\nsecond line", "failed");
        assertThat(Documents.all(Documents.html(page), "script")).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aPageIsBoundedAndSaysSo() throws IOException {
        RunDirectory run = run();
        SampleRecord[] many = new SampleRecord[SamplePages.MOST + 50];
        for (int i = 0; i < many.length; i++) {
            many[i] = sample(i, "x".repeat(100_000), 0, null);
        }
        answers(run, FIRST, many);
        String page = page(run);
        assertThat(page).contains("200 of 250 samples");
        assertThat(page.length()).isLessThan(3_000_000);
    }
}
