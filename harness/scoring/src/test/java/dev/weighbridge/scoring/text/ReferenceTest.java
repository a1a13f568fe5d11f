package dev.weighbridge.scoring.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Scores against the packages that define them: rouge-score 0.1.2, sacrebleu 2.6.0, lm-eval 0.4.13, SQuAD's functions of
 * transformers 4.46.3. {@code scripts/reference/make_metric_fixtures.py} wrote what they give.
 */
class ReferenceTest {
    private static final double CLOSE = 1e-6;
    private static final List<JsonNode> LINES = new ArrayList<>();

    @BeforeAll
    static void read() throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (InputStream in = ReferenceTest.class.getResourceAsStream("pairs.jsonl.gz");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                LINES.add(json.readTree(line));
            }
        }
    }

    private static List<JsonNode> of(String kind) {
        return LINES.stream()
                .filter(line -> line.get("kind").asText().equals(kind))
                .toList();
    }

    private static void everyPair(String name, ToDoubleBiFunction<String, String> figure) {
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : of("pair")) {
            double own = figure.applyAsDouble(
                    line.get("answer").asText(), line.get("reference").asText());
            if (!(Math.abs(own - line.get(name).asDouble()) <= CLOSE)) {
                wrong.add(own + " for " + line.get(name) + ": " + line.get("answer") + " against "
                        + line.get("reference"));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(of("pair")).hasSizeGreaterThanOrEqualTo(2000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rouge1", "rouge2", "rougeL", "rougeLsum"})
    void rougeIsThatOfRougeScore(String kind) {
        for (boolean stemmed : new boolean[] {false, true}) {
            List<String> wrong = new ArrayList<>();
            for (JsonNode line : of("pair")) {
                String answer = line.get("answer").asText();
                String reference = line.get("reference").asText();
                Rouge.Figures own = switch (kind) {
                    case "rouge1" -> Rouge.ngrams(answer, reference, 1, stemmed);
                    case "rouge2" -> Rouge.ngrams(answer, reference, 2, stemmed);
                    case "rougeL" -> Rouge.longest(answer, reference, stemmed);
                    default -> Rouge.longestByLine(answer, reference, stemmed);
                };
                JsonNode right = line.get(kind + (stemmed ? "_stemmed" : ""));
                if (Math.abs(own.precision() - right.get(0).asDouble()) > CLOSE
                        || Math.abs(own.recall() - right.get(1).asDouble()) > CLOSE
                        || Math.abs(own.f() - right.get(2).asDouble()) > CLOSE) {
                    wrong.add(own + " for " + right + ": " + answer + " against " + reference);
                }
            }
            assertThat(wrong).as("stemmed " + stemmed).isEmpty();
        }
    }

    @Test
    void f1IsThatOfSquad() {
        everyPair("f1", TokenF1::ofMultisets);
        everyPair(
                "squad_exact",
                (answer, reference) -> NormalizedText.of(answer).equals(NormalizedText.of(reference)) ? 1 : 0);
    }

    @Test
    void bleuAndChrfOfOnePairAreThoseOfSacrebleu() {
        everyPair("bleu", (answer, reference) -> Bleu.CORPUS.of(Bleu.statistics(answer, List.of(reference))));
        everyPair("chrf", (answer, reference) -> Chrf.CHRF.of(Chrf.statistics(answer, List.of(reference), 0)));
        everyPair(
                "chrf++",
                (answer, reference) -> Chrf.CHRF_PLUS_PLUS.of(Chrf.statistics(answer, List.of(reference), 2)));
    }

    @Test
    void editsOfOnePairAreThoseOfSacrebleu() {
        everyPair("ter", (answer, reference) -> Ter.CORPUS.of(Ter.statistics(answer, List.of(reference))));
    }

    @Test
    void figuresOfACorpusAreThoseOfSacrebleu() {
        List<JsonNode> pairs = of("pair");
        for (JsonNode corpus : of("corpus")) {
            double[] bleu = new double[Bleu.CORPUS.width()];
            double[] chrf = new double[Chrf.CHRF.width()];
            double[] plus = new double[Chrf.CHRF_PLUS_PLUS.width()];
            double[] edits = new double[Ter.CORPUS.width()];
            for (int i = 0; i < corpus.get("size").asInt(); i++) {
                JsonNode pair = pairs.get(corpus.get("from").asInt() + i);
                List<String> references =
                        new ArrayList<>(List.of(pair.get("reference").asText()));
                if (!corpus.get("second").isEmpty()) {
                    references.add(corpus.get("second").get(i).asText());
                }
                String answer = pair.get("answer").asText();
                add(bleu, Bleu.statistics(answer, references));
                add(chrf, Chrf.statistics(answer, references, 0));
                add(plus, Chrf.statistics(answer, references, 2));
                add(edits, Ter.statistics(answer, references));
            }
            assertThat(Bleu.CORPUS.of(bleu)).isCloseTo(corpus.get("bleu").asDouble(), within(CLOSE));
            assertThat(Chrf.CHRF.of(chrf)).isCloseTo(corpus.get("chrf").asDouble(), within(CLOSE));
            assertThat(Chrf.CHRF_PLUS_PLUS.of(plus))
                    .isCloseTo(corpus.get("chrf++").asDouble(), within(CLOSE));
            assertThat(Ter.CORPUS.of(edits)).isCloseTo(corpus.get("ter").asDouble(), within(CLOSE));
        }
    }

    private static void add(double[] sums, double[] sample) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += sample[i];
        }
    }

    @Test
    void exactMatchIsThatOfLmEval() {
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : of("pair")) {
            JsonNode exact = line.get("exact");
            if (exact == null) {
                continue;
            }
            List<Pattern> ignored = new ArrayList<>();
            exact.get("ignored")
                    .forEach(
                            pattern -> ignored.add(Pattern.compile(pattern.asText(), Pattern.UNICODE_CHARACTER_CLASS)));
            JsonNode flags = exact.get("flags");
            ExactMatch match = new ExactMatch(
                    ignored,
                    !flags.get(0).asBoolean(),
                    !flags.get(1).asBoolean(),
                    !flags.get(2).asBoolean());
            boolean own = match.matches(
                    line.get("answer").asText(), line.get("reference").asText());
            if (own != (exact.get("score").asDouble() == 1)) {
                wrong.add(line.toString());
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void answersOfMathAreEquivalentAsTheDataSetSays() {
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : of("math")) {
            String answer = line.get("answer").asText();
            String reference = line.get("reference").asText();
            if (MathAnswer.equivalent(answer, reference) != line.get("same").asBoolean()) {
                wrong.add(line.toString());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(of("math").stream().filter(line -> line.get("same").asBoolean()))
                .hasSizeGreaterThan(50);
    }

    @Test
    void theLastBoxOfASolutionIsFound() {
        for (JsonNode line : of("boxed")) {
            String whole = line.get("boxed").isNull() ? null : line.get("boxed").asText();
            String inside = whole == null
                    ? null
                    : whole.startsWith("\\boxed ")
                            ? whole.substring(7)
                            : whole.substring(whole.indexOf('{') + 1, whole.length() - 1);
            assertThat(MathAnswer.boxed(line.get("solution").asText()).orElse(null))
                    .as(line.toString())
                    .isEqualTo(inside);
        }
    }

    @Test
    void passAtKIsTheUnbiasedEstimate() {
        for (JsonNode line : of("pass")) {
            assertThat(PassAtK.any(
                            line.get("n").asInt(),
                            line.get("right").asInt(),
                            line.get("k").asInt()))
                    .isCloseTo(line.get("value").asDouble(), within(1e-9));
        }
        assertThat(PassAtK.all(4, 2, 2)).isCloseTo(1.0 / 6, within(1e-12));
        assertThat(PassAtK.all(4, 4, 4)).isEqualTo(1);
    }

    @Test
    void numbersOfTheSameValueAreTheSameWhereThatIsAsked() {
        assertThat(MathAnswer.sameValue("0.25", "\\frac{1}{4}")).isTrue();
        assertThat(MathAnswer.sameValue("2/8", "\\frac14")).isTrue();
        assertThat(MathAnswer.sameValue("1,000", "1000.0")).isTrue();
        assertThat(MathAnswer.sameValue("-\\frac{1}{2}", "-0.5")).isTrue();
        assertThat(MathAnswer.sameValue("0.333", "1/3")).isFalse();
        assertThat(MathAnswer.sameValue("\\frac{1}{0}", "1")).isFalse();
        assertThat(MathAnswer.equivalent("0.25", "\\frac{1}{4}")).isFalse();
    }

    @Test
    void tenMegabytesAreScoredInBoundedTime() {
        String long1 = "one two three four five six seven\n".repeat(300_000);
        String long2 = "seven six five one two\n".repeat(300_000);
        assertThat(Rouge.ngrams(long1, long2, 2, true).f()).isBetween(0.0, 1.0);
        assertThat(TokenF1.ofMultisets(long1, "one two")).isBetween(0.0, 1e-5);
        assertThat(Rouge.longestByLine("a b c ".repeat(50_000), "c b a ".repeat(50_000), false)
                        .f())
                .isBetween(0.0, 1.0);
    }
}
