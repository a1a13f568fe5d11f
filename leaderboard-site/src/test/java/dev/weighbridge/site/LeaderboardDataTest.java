package dev.weighbridge.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Json;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderboardDataTest {
    @TempDir
    Path folder;

    @Test
    void csvHasALineForEachVariantAndAsManyCellsAsItsHeading() throws IOException {
        List<List<String>> lines = csv(FixtureRuns.everyFate(folder, "a1"));

        assertThat(lines).hasSize(9).allSatisfy(cells -> assertThat(cells).hasSameSizeAs(lines.get(0)));
        int rate = lines.get(0).indexOf("capacity");
        assertThat(Double.parseDouble(lines.get(1).get(rate))).isBetween(29.7, 31.0);
        assertThat(lines.get(1).subList(rate + 1, rate + 2)).containsExactly("requests/s");
        assertThat(lines.get(1).subList(rate + 4, rate + 6)).containsExactly("3", "false");
        assertThat(lines.get(6).get(lines.get(0).indexOf("rank"))).isEmpty();
        assertThat(lines.get(6).get(lines.get(0).indexOf("reasons"))).isEqualTo(FixtureRuns.INVALID);
    }

    @Test
    void noCellOfTheCsvIsAFormulaOrLeavesItsCell() throws IOException {
        List<List<String>> lines = csv(FixtureRuns.hostile(folder));

        assertThat(lines).hasSize(4).allSatisfy(cells -> assertThat(cells).hasSameSizeAs(lines.get(0)));
        assertThat(lines.stream().flatMap(List::stream))
                .contains("'" + FixtureRuns.FORMULA, "'@SUM(1)", "'+1+1")
                .noneMatch(cell -> cell.matches("(?s)\\s*[=@|%\\t\\r].*"))
                .noneMatch(cell -> cell.matches("(?s)\\s*[+-].*") && !cell.matches("[+-]?[\\d.]+(E-?\\d+)?"));
    }

    @Test
    void jsonKeepsEveryFigureWithUnitSamplesAndInterval() throws IOException {
        Path run = FixtureRuns.everyFate(folder, "a1");
        SitePublisher.publish(List.of(run), folder.resolve("site"));
        Path file = folder.resolve("site/data/leaderboard.json");
        LeaderboardData.Document document = Json.read(file, LeaderboardData.Document.class);

        assertThat(document.rows()).hasSize(8);
        Measurement accuracy =
                Objects.requireNonNull(document.rows().get(0).figures().get("accuracy"));
        assertThat(accuracy.value()).isEqualTo(0.78);
        assertThat(accuracy.samples()).isEqualTo(200);
        assertThat(accuracy.low()).isLessThan(0.78);
        assertThat(document.rows().get(7).status()).isEqualTo("skipped");
        assertThat(document.rows().get(7).reasons()).containsExactly(FixtureRuns.SKIPPED);
        assertThat(Files.readString(file)).endsWith("\n");
    }

    @Test
    void judgesAndUsersSpeakUnderTheirNames() throws IOException {
        Path run = FixtureRuns.everyFate(folder, "a1");
        List<Variant> variants = RunDirectory.open(run).manifest().variants();
        Judge judge = new Judge(
                Judge.Kind.PAIRS,
                "judge <b>",
                "ab".repeat(32),
                "onnxruntime",
                "1.29",
                null,
                "int8",
                "cpu",
                512,
                "cd".repeat(32));
        OpinionFiles files = new OpinionFiles(run);
        Files.writeString(files.judgements("sums"), "");
        files.write(new JudgedTask(
                JudgedTask.SCHEMA_VERSION,
                "sums",
                List.of(new JudgedTask.ByJudge(
                        judge,
                        List.of(new JudgedTask.Standing(
                                variants.get(1).id(),
                                variants.get(0).id(),
                                new JudgedTask.Counts(40, 10, 20, 10, 0, 0, 0, 80, 0, 0),
                                List.of(new Measurement(
                                        JudgedTask.WIN_RATE,
                                        "",
                                        JudgedTask.WIN_RATE,
                                        0.5,
                                        "1",
                                        40,
                                        0.4,
                                        0.6,
                                        false)))))),
                null));
        Measurement rate = new Measurement("response_rate", "", "response_rate", 0.3, "1", 40, 0.2, 0.4, false);
        files.write(new UserFeedback(
                UserFeedback.SCHEMA_VERSION,
                List.of(new UserFeedback.Log("log.csv", "ab".repeat(32))),
                40,
                Map.of(),
                null,
                List.of(new UserFeedback.ByVariant(variants.get(0).id(), 40, rate, List.of()))));
        SitePublisher.publish(List.of(run), folder.resolve("site"));
        LeaderboardData.Document document =
                Json.read(folder.resolve("site/data/leaderboard.json"), LeaderboardData.Document.class);
        assertThat(document.rows())
                .flatExtracting(LeaderboardData.Row::judged)
                .singleElement()
                .satisfies(judged -> {
                    assertThat(judged.judge()).isEqualTo("judge <b>");
                    assertThat(judged.against()).isEqualTo(variants.get(0).id());
                    assertThat(judged.figure().low()).isEqualTo(0.4);
                });
        String page;
        try (Stream<Path> pages = Files.walk(folder.resolve("site/runs"))) {
            page = Files.readString(pages.filter(file -> file.endsWith("index.html"))
                    .findFirst()
                    .orElseThrow());
        }
        assertThat(page)
                .contains("Judged by a model", "Judge: judge &lt;b&gt; on onnxruntime", "50.0", "What users said")
                .contains("href=\"#judged\"", "href=\"#feedback\"")
                .doesNotContain("<b>");
    }

    private List<List<String>> csv(Path run) throws IOException {
        SitePublisher.publish(List.of(run), folder.resolve("site"));
        String text = Files.readString(folder.resolve("site/data/leaderboard.csv"));
        assertThat(text).endsWith("\r\n");
        List<List<String>> lines = new ArrayList<>();
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                boolean doubled = quoted && text.startsWith("\"\"", i);
                if (doubled) {
                    cell.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (!quoted && (c == ',' || c == '\r')) {
                cells.add(cell.toString());
                cell.setLength(0);
                if (c == '\r') {
                    lines.add(List.copyOf(cells));
                    cells.clear();
                    i++;
                }
            } else {
                cell.append(c);
            }
        }
        return lines;
    }
}
