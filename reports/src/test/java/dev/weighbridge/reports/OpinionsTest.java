package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgementRecord;
import dev.weighbridge.results.JudgementRecord.Order;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.JudgementRecord.Verdict;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.Variant;
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
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** What judges and users say stands in the report where they were asked, and speaks as nobody else. */
class OpinionsTest {
    private static final Variant FIRST = Variant.outsideStudy("demo", "onnxruntime", "fp32", "none", "cpu");
    private static final Variant SECOND = Variant.outsideStudy("demo", "onnxruntime", "int4", "none", "cpu");
    private static final Judge JUDGE = new Judge(
            Judge.Kind.PAIRS,
            FixtureRun.HOSTILE,
            "ab".repeat(32),
            "onnxruntime",
            "1.29",
            null,
            "int8",
            "cpu",
            512,
            "cd".repeat(32));

    @TempDir
    private Path results;

    private RunDirectory run() {
        MeasuredRun run = MeasuredRun.in(
                results, "study", "run", List.of(FIRST, SECOND), List.of("sums"), UnaryOperator.identity());
        return run.answers(FIRST, 40).answers(SECOND, 50).directory();
    }

    private static String read(RunDirectory run, String name) throws IOException {
        return Files.readString(run.path().resolve("report").resolve(name));
    }

    private static JudgementRecord row(int id, Order order, String reply, @Nullable Verdict verdict) {
        Question about =
                new Question(SECOND.id(), FIRST.id(), id, "sums-" + id, "h" + id, "c", order, "p" + id + order, null);
        return new JudgementRecord(JUDGE, about, reply, verdict, null, null, 7);
    }

    private static Measurement share(String name, double value) {
        return new Measurement(name, "", name, value, "1", 40, value - 0.1, value + 0.1, false);
    }

    private static void judge(RunDirectory run) {
        OpinionFiles files = new OpinionFiles(run.path());
        files.add("sums", row(1, Order.STRAIGHT, "Good.\n[[A]]", Verdict.VARIANT));
        files.add("sums", row(1, Order.SWAPPED, "Good.\n[[B]]", Verdict.VARIANT));
        files.add("sums", row(2, Order.STRAIGHT, "y".repeat(5000) + FixtureRun.HOSTILE, Verdict.VARIANT));
        files.add("sums", row(2, Order.SWAPPED, FixtureRun.HOSTILE, Verdict.BASELINE));
        files.write(new JudgedTask(
                JudgedTask.SCHEMA_VERSION,
                "sums",
                List.of(new JudgedTask.ByJudge(
                        JUDGE,
                        List.of(new JudgedTask.Standing(
                                SECOND.id(),
                                FIRST.id(),
                                new JudgedTask.Counts(41, 10, 20, 9, 12, 3, 2, 76, 4, 5),
                                List.of(
                                        share(JudgedTask.WIN_RATE, 0.513),
                                        share(JudgedTask.INCONSISTENT, 0.333),
                                        share(JudgedTask.FIRST_PLACE, 0.61),
                                        share(JudgedTask.AGREEMENT, 0.72),
                                        share(JudgedTask.UNREADABLE, 0.05)))))),
                new JudgedTask.Labels("people" + FixtureRun.HOSTILE, "ef".repeat(32), 20, Map.of("no JSON", 2L))));
    }

    private static void feedback(RunDirectory run) {
        Measurement difference =
                new Measurement("thumbs_up_difference", "", "thumbs_up_difference", -0.08, "1", 60, -0.2, 0.04, false);
        new OpinionFiles(run.path())
                .write(new UserFeedback(
                        UserFeedback.SCHEMA_VERSION,
                        List.of(new UserFeedback.Log("log.jsonl", "ab".repeat(32))),
                        310,
                        Map.of("no JSON", 10L),
                        FIRST.id(),
                        List.of(
                                new UserFeedback.ByVariant(FIRST.id(), 200, share("response_rate", 0.3), List.of()),
                                new UserFeedback.ByVariant(
                                        SECOND.id(),
                                        100,
                                        share("response_rate", 0.6),
                                        List.of(new UserFeedback.Score(
                                                share(UserFeedback.THUMBS_UP, 0.75),
                                                0.45,
                                                0.85,
                                                new UserFeedback.Difference(difference, true, 0.1)))),
                                new UserFeedback.ByVariant(
                                        FixtureRun.HOSTILE,
                                        10,
                                        share("response_rate", 0.2),
                                        List.of(new UserFeedback.Score(
                                                new Measurement(
                                                        UserFeedback.RATING,
                                                        "",
                                                        UserFeedback.RATING,
                                                        4.5,
                                                        "",
                                                        2,
                                                        null,
                                                        null,
                                                        true),
                                                1.7,
                                                4.9,
                                                null))))));
    }

    @Test
    void aRunThatNobodyJudgedHasNoSuchSection() throws IOException {
        RunDirectory run = run();
        ReportWriter.write(run);
        assertThat(read(run, "index.html")).doesNotContain("Judged by a model", "What users said");
        assertThat(read(run, "report.md")).doesNotContain("Judged by a model", "What users said");
        assertThat(run.path().resolve("report/judgements_sums.html")).doesNotExist();
    }

    @Test
    void theJudgesFiguresStandWithWhatIsKnownOfTheJudge() throws IOException {
        RunDirectory run = run();
        judge(run);
        ReportWriter.write(run);
        Document page = Documents.html(read(run, "index.html"));
        Element section = Documents.byId(page, "judged");
        assertThat(section.getTextContent())
                .contains("51.3[41.3, 61.3]", "10 / 20 / 9", "33.3", "61.0", "72.0", "5.0", "5 questions failed")
                .contains("biases of its own", "alert(1)", "replies of at most 512 tokens", "18 in people");
        assertThat(Documents.all(section, "script")).isEmpty();
        assertThat(Documents.all(section, "a"))
                .extracting(link -> link.getAttribute("href"))
                .containsExactly("judgements_sums.html", "../judge_prompt_" + "cd".repeat(32) + ".txt");
        assertThat(Documents.all(page, "nav").get(0).getTextContent()).contains("Judged by a model");
        assertThat(read(run, "report.md"))
                .contains("## Judged by a model", "won 51.3 %")
                .doesNotContain("<script>");
    }

    @Test
    void theJudgesWordsAreShownAndObeyedByNothing() throws IOException {
        RunDirectory run = run();
        judge(run);
        ReportWriter.write(run);
        Document page = Documents.html(read(run, "judgements_sums.html"));
        List<Element> headings = Documents.all(page, "h2");
        assertThat(headings)
                .as("the verdict that changed with the order comes first")
                .extracting(Element::getTextContent)
                .containsExactly("sums-2", "sums-1");
        Element body = Documents.byId(page, "judgements");
        assertThat(body.getTextContent()).contains("Good.", "[[A]]", "alert(1)").doesNotContain("y".repeat(3001));
        assertThat(Documents.all(body, "script")).isEmpty();
        assertThat(Documents.all(body, "img")).isEmpty();
    }

    @Test
    void whatUsersSaidStandsWithItsBoundsAndItsBias() throws IOException {
        RunDirectory run = run();
        feedback(run);
        ReportWriter.write(run);
        Document page = Documents.html(read(run, "index.html"));
        Element section = Documents.byId(page, "feedback");
        assertThat(section.getTextContent())
                .contains(
                        "not drawn at random",
                        "75.0",
                        "45.0 to 85.0",
                        "same requests",
                        "\u22128.0",
                        "4.50?",
                        "1.70 to 4.90")
                .contains("310 rows of log.jsonl; 10 of them are broken");
        assertThat(Documents.all(section, "script")).isEmpty();
        assertThat(read(run, "report.md")).contains("## What users said", "thumbs up 75.0 %");
    }

    @Test
    void theSummaryHasWhatJudgesAndUsersSaidUnderTheirNames() throws IOException {
        RunDirectory run = run();
        ReportWriter.write(run);
        JsonNode none = new ObjectMapper().readTree(read(run, "summary.json"));
        assertThat(none.has("feedback")).isFalse();
        assertThat(none.path("rows").get(0).has("judged")).isFalse();
        judge(run);
        feedback(run);
        ReportWriter.write(run);
        JsonNode summary = new ObjectMapper().readTree(read(run, "summary.json"));
        JsonNode judged = null;
        for (JsonNode row : summary.path("rows")) {
            if (row.path("variant").path("id").asText().equals(SECOND.id())) {
                judged = row.path("judged").path(0);
            } else {
                assertThat(row.has("judged")).isFalse();
            }
        }
        assertThat(judged).isNotNull();
        assertThat(judged.path("task").asText()).isEqualTo("sums");
        assertThat(judged.path("judge").asText()).isEqualTo(FixtureRun.HOSTILE);
        assertThat(judged.path("by").path("prompts_sha256").asText()).isEqualTo("cd".repeat(32));
        assertThat(judged.path("against").asText()).isEqualTo(FIRST.id());
        JsonNode won = judged.path("figures").path("judge_win_rate");
        assertThat(won.path("value").asDouble()).isEqualTo(0.513);
        assertThat(won.path("low").asDouble()).isCloseTo(0.413, within(1e-12));
        JsonNode heard = summary.path("feedback").get(1);
        assertThat(heard.path("variant").asText()).isEqualTo(SECOND.id());
        assertThat(heard.path("scores").path("thumbs_up").path("least").asDouble())
                .isEqualTo(0.45);
        assertThat(heard.path("scores")
                        .path("thumbs_up")
                        .path("less_baseline")
                        .path("value")
                        .asDouble())
                .isEqualTo(-0.08);
    }

    @Test
    void aDamagedFileCostsItsSectionAlone() throws IOException {
        RunDirectory run = run();
        judge(run);
        Files.writeString(run.path().resolve("judged_sums.json"), "{");
        Files.writeString(run.path().resolve("feedback.json"), "[]");
        ReportWriter.write(run);
        assertThat(read(run, "index.html"))
                .contains("judged_sums.json is not a valid JudgedTask", "feedback.json is not a valid UserFeedback")
                .doesNotContain("Judged by a model");
    }
}
