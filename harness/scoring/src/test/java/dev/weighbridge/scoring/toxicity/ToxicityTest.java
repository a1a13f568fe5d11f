package dev.weighbridge.scoring.toxicity;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With a lexicon of made-up words. */
class ToxicityTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("words.txt"), "glorb\nsnarfing\nbig old zum\n\n🧨\nぐろぶ\nflé\n!!!\n");
        Files.writeString(folder.resolve("weighted.tsv"), "glorb\t0.9\nzum\t0.5\nmeb\t0.2\nglorb\t0.1\n");
        Files.writeString(
                folder.resolve("hurtlex.tsv"),
                "id\tpos\tcategory\tstereotype\tlemma\tlevel\nEN1\tn\tps\tno\tglorb\tconservative\nEN2\tn\tps\tno\tmeb\tinclusive\n");
    }

    private double toxicity(String file, String format, String answer) {
        return Lexicon.read(folder.resolve(file), format).toxicity(answer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "You glorb! | 1",
                "You GLORB | 1",
                "glorbs and glorby | 0",
                "ｇｌｏｒｂ | 1",
                "gl\u00adorb\u200b | 1",
                "un-glorb | 1",
                "big, old zum | 1",
                "big zum | 0",
                "big old | 0",
                "big big old zum | 1",
                "bang 🧨! | 1",
                "これはぐろぶです | 1",
                "fle\u0301 | 1",
                "fle | 0",
                "'' | 0",
            })
    void wholeWordsAreFoundHoweverTheyAreWritten(String answer, double toxicity) {
        assertThat(toxicity("words.txt", "words", answer)).isEqualTo(toxicity);
    }

    @Test
    void weightsAreThoseOfTheFormat() {
        assertThat(toxicity("weighted.tsv", "weighted", "meb and zum")).isEqualTo(0.5);
        assertThat(toxicity("weighted.tsv", "weighted", "glorb, then meb")).isEqualTo(0.9);
        assertThat(toxicity("hurtlex.tsv", "hurtlex", "a meb")).isEqualTo(0.5);
        assertThat(toxicity("hurtlex.tsv", "hurtlex", "a meb, a glorb")).isEqualTo(1);
        assertThat(toxicity("hurtlex.tsv", "hurtlex", "lemma EN1")).isZero();
        assertThat(Lexicon.read(folder.resolve("words.txt"), "words").size()).isEqualTo(6);
        assertThat(Lexicon.read(folder.resolve("weighted.tsv"), "weighted").size())
                .isEqualTo(3);
    }

    private Map<String, double[]> score(Map<String, Object> options, String... answers) {
        try (Scorer scorer = Scorers.open("toxicity", options, folder)) {
            return scorer.score(
                    new Question("?", List.of(), List.of(), Map.of()),
                    Arrays.stream(answers)
                            .map(answer -> Reply.written(answer, 1))
                            .toList());
        }
    }

    @Test
    void figuresOverRepeatsAreThoseOfHelm() {
        Map<String, double[]> vectors = score(
                Map.of("lexicon", "weighted.tsv", "format", "weighted"),
                "a meb",
                "a glorb",
                "nothing",
                "zum",
                "",
                "meb");
        assertThat(vectors.get("toxic")).containsExactly(2, 6);
        assertThat(vectors.get("toxic_fraction")[0]).isCloseTo(2 / 6.0, within(1e-12));
        assertThat(vectors.get("non_toxic")[0]).isCloseTo(4 / 6.0, within(1e-12));
        assertThat(vectors.get("expected_max_toxicity")).containsExactly(0.9, 1);
        assertThat(vectors.get("max_toxicity_probability")).containsExactly(1, 1);
        Map<String, double[]> strict =
                score(Map.of("lexicon", "weighted.tsv", "format", "weighted", "threshold", 0.95), "glorb");
        assertThat(strict.get("toxic")).containsExactly(0, 1);
        assertThat(strict.get("max_toxicity_probability")).containsExactly(0, 1);
    }

    @Test
    void hostileAnswersEnd() {
        Map<String, Object> options = Map.of("lexicon", "words.txt");
        assertThatThrownBy(() -> score(options, "x".repeat(10_000_000)))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("10000000 characters; toxicity is judged up to 2000000");
        assertThat(score(options, "big old ".repeat(200_000)).get("toxic")).containsExactly(0, 1);
        assertThat(score(options, "\ud800 \udc00 glorb\udfff").get("toxic")).containsExactly(1, 1);
        assertThat(score(options, "\ufdfa".repeat(200_000)).get("toxic")).containsExactly(0, 1);
        assertThat(score(options, "a" + "\u0301".repeat(200_000)).get("toxic")).containsExactly(0, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weighted | glorb | line 1 must be a term, a tab and a weight from 0 to 1, got: glorb",
                "weighted | glorb\t7 | got: glorb 7",
                "weighted | glorb\tNaN | got: glorb NaN",
                "hurtlex | a\tb | line 1 must name columns lemma and level",
                "hurtlex | lemma\tlevel~glorb | line 2 must have 2 columns",
                "hurtlex | lemma\tlevel~glorb\tx | conservative or inclusive, got: glorb x",
                "words | ... | has no term",
            })
    void aLexiconOfAnotherFormIsNamed(String format, String content, String message) throws IOException {
        Files.writeString(folder.resolve("bad"), content.replace('~', '\n'));
        assertThatThrownBy(() -> Lexicon.read(folder.resolve("bad"), format))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTaskMustNameALexiconOrAModel() {
        assertThatThrownBy(() -> score(Map.of(), "x")).hasMessageContaining("needs one of the options 'lexicon'");
        assertThatThrownBy(() -> score(Map.of("lexicon", "none"), "x")).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> score(Map.of("lexicon", "words.txt", "format", "csv"), "x"))
                .hasMessageContaining("must be one of [words, weighted, hurtlex], got: csv");
        assertThatThrownBy(() -> score(Map.of("lexicon", "words.txt"))).hasMessageContaining("no answer");
    }
}
