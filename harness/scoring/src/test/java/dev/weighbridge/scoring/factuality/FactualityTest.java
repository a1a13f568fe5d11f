package dev.weighbridge.scoring.factuality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactualityTest {
    private static final String BRIDGE =
            "The Moldau bridge was opened in 1897. It is 1,240.50 metres long and carries two"
                    + " tracks. Engineer Anna Keller designed its arches. Painting it takes four years.";
    private static final String MILL = "The old mill at Brunn ground rye until 1932. A fire destroyed its roof.";

    private static Map<String, double[]> score(Map<String, Object> options, String... answers) {
        Map<String, Object> row = Map.of("evidence", List.of(BRIDGE, MILL));
        try (Scorer scorer = Scorers.open("factuality", options)) {
            return scorer.score(
                    new Question("?", List.of(), List.of(), row),
                    Arrays.stream(answers)
                            .map(answer -> Reply.written(answer, 1))
                            .toList());
        }
    }

    private static boolean supported(String claim) {
        Evidence evidence = Evidence.of(List.of(BRIDGE, MILL));
        return Support.of(claim, evidence.best(claim, 5)).supported(0.7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The Moldau bridge opened in 1897. | true",
                "The Moldau bridge opened in 1898. | false",
                "The bridge is 1240.5 metres long. | true",
                "The bridge is 1240.6 metres long. | false",
                "Its arches were designed by Anna Keller. | true",
                "Its arches were designed by Anna Kellner. | false",
                "The mill ground rye until 1932. | true",
                "The mill ground rye until 1897. | false",
                "A fire destroyed the roof. | true",
                "Bananas grow in warm countries. | false",
                "In 1897. | true",
                "In 1700. | false",
            })
    void aClaimStandsByItsWordsNumbersAndNames(String claim, boolean supported) {
        assertThat(supported(claim)).isEqualTo(supported);
    }

    @Test
    void figuresAreThoseOfTheFormula() {
        String answer = "Well! Is it old? The Moldau bridge opened in 1897.\n- It carries three tracks over 7 rivers.\n"
                + "2. Painting it takes years.";
        Map<String, double[]> vectors = score(Map.of("column", "evidence"), answer);
        // "Well!" is one claim without support; of the second, tracks and carries are there, three, rivers and 7 are
        // not.
        assertThat(vectors.get("claims")).containsExactly(4, 1);
        assertThat(vectors.get("supported")).containsExactly(0.5, 1);
        assertThat(vectors.get("claim_precision")).containsExactly(2, 4);
        assertThat(vectors.get("number_precision")).containsExactly(1, 2);
        assertThat(vectors.get("content_recall")[0]).isCloseTo(0 + 1 + 2.0 / 4 + 1, within(1e-9));
        assertThat(score(Map.of("column", "evidence", "threshold", 1), answer).get("supported"))
                .containsExactly(0.5, 1);
        assertThat(score(Map.of("column", "evidence", "threshold", 0.0), "Bananas grow.")
                        .get("supported"))
                .containsExactly(1, 1);
    }

    @Test
    void anAnswerThatClaimsNothingWinsNothingAndCostsNoPrecision() {
        Map<String, double[]> vectors = score(Map.of("column", "evidence"), "", "Why?");
        assertThat(vectors.get("supported")).containsExactly(0, 1);
        assertThat(vectors.get("claim_precision")).containsExactly(0, 0);
    }

    @Test
    void theRightPassageIsFoundAmongMany() {
        List<String> documents = IntStream.range(0, 2000)
                .mapToObj(
                        i -> "Station number " + i + " has a clock of type " + (i * 7 % 1000) + ". Trains stop there.")
                .toList();
        Evidence evidence = Evidence.of(documents);
        assertThat(evidence.size()).isEqualTo(2000);
        assertThat(evidence.best("Station 1234 has a clock.", 3).get(0)).startsWith("Station number 1234 ");
        assertThat(evidence.best("xyzzy", 3)).isEmpty();
        assertThat(evidence.best("", 3)).isEmpty();
    }

    @Test
    void evidenceIsReadFromFoldersAndLines(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.txt"), BRIDGE);
        Files.createDirectories(folder.resolve("deeper"));
        Files.writeString(folder.resolve("deeper").resolve("b.md"), MILL);
        Files.writeString(folder.resolve("ignored.bin"), "Bananas grow in warm countries.");
        Files.write(folder.resolve("broken.txt"), new byte[] {'x', (byte) 0xff, ' ', 'y'});
        Evidence evidence = EvidenceFiles.read(folder, "text");
        assertThat(evidence.best("rye mill", 1).get(0)).contains("Brunn");
        assertThat(evidence.best("bananas", 1)).isEmpty();
        assertThat(EvidenceFiles.read(folder, "text")).isSameAs(evidence);
        Files.writeString(folder.resolve("a.txt"), BRIDGE + " Bananas.");
        assertThat(EvidenceFiles.read(folder, "text").best("bananas", 1)).hasSize(1);

        Path lines = folder.resolve("docs.jsonl");
        Files.writeString(lines, "{\"body\": \"Rye is a grain.\"}\n\n{\"body\": \"Oats too.\"}\n");
        try (Scorer scorer = Scorers.open("factuality", Map.of("evidence", "docs.jsonl", "field", "body"), folder)) {
            assertThat(scorer.score(Question.of("?", ""), List.of(Reply.written("Rye is a grain.", 1)))
                            .get("supported"))
                    .containsExactly(1, 1);
        }
        assertThatThrownBy(() -> EvidenceFiles.read(lines, "text")).hasMessageContaining("line 1 has no text in field");
        Files.writeString(lines, "{\"text\": \"a\"}\n{");
        assertThatThrownBy(() -> EvidenceFiles.read(lines, "text")).hasMessageContaining("line 2 is no JSON");
        Files.writeString(lines, "{\"text\": \"a\"}\n" + "[".repeat(100_000));
        assertThatThrownBy(() -> EvidenceFiles.read(lines, "text")).hasMessageContaining("line 2 is no JSON");
        assertThatThrownBy(() -> EvidenceFiles.read(folder.resolve("none"), "text"))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void hostileAnswersAreJudgedOrRefusedInBoundedTime() {
        Map<String, Object> options = Map.of("column", "evidence");
        assertThatThrownBy(() -> score(options, "word. ".repeat(1_700_000)))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("characters; claims are judged up to 200000");
        assertThatThrownBy(() -> score(options, "Roof. ".repeat(30_000)))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("more than 1000 claims");
        String surrogates = "The \ud800 roof \udfff burned.";
        assertThat(score(options, surrogates).get("claims")).containsExactly(1, 1);
        assertThat(score(options, "x".repeat(200_000)).get("claims")).containsExactly(0, 1);
        assertThat(score(options, "1,".repeat(99_999)).get("claims")).containsExactly(1, 1);
        String words = IntStream.range(0, 20_000)
                .mapToObj(i -> "w" + (char) ('a' + i % 26) + "x".repeat(i % 7))
                .collect(Collectors.joining(" "));
        assertThat(score(options, words).get("supported")).containsExactly(0, 1);
        assertThat(score(options, "0".repeat(190_000) + "1").get("number_precision"))
                .containsExactly(0, 1);
        Evidence.of(List.of("y".repeat(1_000_000), "\ud800 \udc00", ""));
    }

    @Test
    void aTaskMustNameItsEvidence() {
        assertThatThrownBy(() -> Scorers.open("factuality", Map.of())).hasMessageContaining("needs one of the options");
        assertThatThrownBy(() -> Scorers.open("factuality", Map.of("column", "c", "threshold", 2)))
                .hasMessageContaining("must be a number from 0.0 to 1.0, got: 2");
        assertThatThrownBy(() -> score(Map.of("column", "other"), "x"))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("no text or list of texts in column 'other'. It has [evidence]");
    }
}
