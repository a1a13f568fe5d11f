package dev.weighbridge.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
