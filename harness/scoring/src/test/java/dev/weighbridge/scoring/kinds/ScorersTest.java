package dev.weighbridge.scoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.ScoringException;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kinds of scorers as tasks open them. */
class ScorersTest {
    private static double score(String kind, Map<String, Object> options, String answer, String... targets) {
        try (Scorer scorer = Scorers.open(kind, options)) {
            Score first = scorer.scores().get(0);
            double[] vector = scorer.score(
                            new Question("?", List.of(targets), List.of(), Map.of()), List.of(Reply.written(answer, 1)))
                    .get(first.id());
            return first.aggregation().of(vector);
        }
    }

    @Test
    void everyKindOnTheClassPathHasANameAndSaysWhatItDoes() {
        assertThat(Scorers.kinds().keySet())
                .contains(
                        "bias-pairs",
                        "choice",
                        "exact-match",
                        "f1",
                        "factuality",
                        "instructions",
                        "json-schema",
                        "likelihood",
                        "math",
                        "perplexity",
                        "python-assertions",
                        "python-function",
                        "refusal",
                        "regex",
                        "rouge",
                        "toxicity",
                        "translation");
        assertThat(Scorers.kinds().values())
                .allSatisfy(kind -> assertThat(kind.description()).isNotBlank());
    }

    @Test
    void writtenAnswersAreJudgedAgainstAnyTarget() {
        assertThat(score("exact-match", Map.of(), " 42\n", "41", "42")).isEqualTo(1);
        assertThat(score("exact-match", Map.of(), "Forty", "forty")).isZero();
        assertThat(score("exact-match", Map.of("capitals", false), "Forty", "forty"))
                .isEqualTo(1);
        assertThat(score("exact-match", Map.of("ignore", List.of(",", "\\$")), "$1,000", "1000"))
                .isEqualTo(1);
        assertThat(score("f1", Map.of(), "the red red fox", "a red fox")).isCloseTo(0.8, within(1e-12));
        assertThat(score("f1", Map.of("count", "sets"), "the red red fox", "a red fox"))
                .isEqualTo(1);
        assertThat(score("contains", Map.of("capitals", false), "It is PARIS.", "paris"))
                .isEqualTo(1);
        assertThat(score("regex", Map.of("pattern", "^\\d+$"), "12")).isEqualTo(1);
        assertThat(score("regex", Map.of("pattern", "\\d", "whole", true), "12"))
                .isZero();
        assertThat(score("math", Map.of(), "So it is \\boxed{\\frac12}.", "1/2"))
                .isEqualTo(1);
        assertThat(score("rouge", Map.of(), "a b c", "a b c")).isEqualTo(1);
        assertThat(score("translation", Map.of(), "same words here", "same words here"))
                .isCloseTo(1, within(1e-9));
        assertThat(score("length", Map.of(), "  ")).isZero();
    }

    @Test
    void repeatsOfASampleCountAsOne() {
        try (Scorer scorer = Scorers.open("exact-match", Map.of())) {
            Map<String, double[]> vectors = scorer.score(
                    Question.of("?", "a"),
                    List.of(Reply.written("a", 1), Reply.written("b", 1), Reply.written("a", 1)));
            assertThat(vectors.get("exact_match")[0]).isCloseTo(2 / 3.0, within(1e-12));
            assertThat(vectors.get("exact_match")[1]).isCloseTo(1, within(1e-12));
        }
    }

    private static Map<String, double[]> choose(List<String> choices, String target, double... likelihoods) {
        try (Scorer scorer = Scorers.open("choice", Map.of())) {
            List<Reply> replies = IntStream.range(0, likelihoods.length)
                    .mapToObj(i -> new Reply(choices.get(i), likelihoods[i], 1, false))
                    .toList();
            return scorer.score(new Question("?", List.of(target), choices, Map.of()), replies);
        }
    }

    @Test
    void theLikeliestChoiceIsTakenByTextByCharacterAndByByte() {
        // ln p: -4 for 2 characters of 2 bytes, -5 for 4 of 4, -6 for 3 of 6 bytes.
        Map<String, double[]> vectors = choose(List.of("ab", "abcd", "äöü"), "abcd", -4, -5, -6);
        assertThat(vectors.get("acc")).containsExactly(0, 1);
        assertThat(vectors.get("acc_norm")).containsExactly(1, 1);
        assertThat(vectors.get("acc_bytes")).containsExactly(0, 1);
        assertThat(choose(List.of("ab", "abcd", "äöü"), "äöü", -4, -5, -6).get("acc_bytes"))
                .containsExactly(1, 1);
        // Equal likelihoods: the first counts.
        assertThat(choose(List.of("x", "y"), "x", -1, -1).get("acc")).containsExactly(1, 1);
    }

    @Test
    void brierAndCalibrationComeFromTheSameLikelihoods() {
        Map<String, double[]> vectors = choose(List.of("x", "y"), "x", Math.log(0.8), Math.log(0.2));
        assertThat(vectors.get("brier_score")[0]).isCloseTo(0.04 + 0.04, within(1e-9));
        Score ece = Scorers.open("choice", Map.of()).scores().get(4);
        assertThat(ece.id()).isEqualTo("ece");
        assertThat(ece.aggregation().of(vectors.get("ece"))).isCloseTo(0.2, within(1e-9));
    }

    /** Right and likeliest choice of each sample; figures by scikit-learn 1.9. */
    @Test
    void furtherScoresOfTwoChoicesAreOverAllSamples() {
        List<String> choices = List.of("no", "yes");
        int[][] pairs = {{1, 1}, {1, 1}, {1, 0}, {0, 1}, {0, 0}, {0, 0}, {1, 1}};
        try (Scorer scorer = Scorers.open("choice", Map.of("also", List.of("f1", "mcc", "exact_match")))) {
            double[] sum = new double[4];
            for (int[] pair : pairs) {
                List<Reply> replies = List.of(
                        new Reply("no", pair[1] == 0 ? -1 : -2, 1, false),
                        new Reply("yes", pair[1] == 1 ? -1 : -2, 1, true));
                Map<String, double[]> vectors =
                        scorer.score(new Question("?", List.of(choices.get(pair[0])), choices, Map.of()), replies);
                assertThat(vectors.get("exact_match")[0]).isEqualTo(pair[0]);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += vectors.get("mcc")[i];
                }
            }
            assertThat(figure(scorer, "f1", sum)).isCloseTo(0.75, within(1e-12));
            assertThat(figure(scorer, "mcc", sum)).isCloseTo(0.4166666666666667, within(1e-12));
            assertThat(figure(scorer, "mcc", 3, 0, 0, 0)).isZero();
        }
        assertThatThrownBy(() -> Scorers.open("choice", Map.of("also", "f2"))).hasMessageContaining("option 'also'");
    }

    private static double figure(Scorer scorer, String id, double... sum) {
        return scorer.scores().stream()
                .filter(score -> score.id().equals(id))
                .findFirst()
                .orElseThrow()
                .aggregation()
                .of(sum);
    }

    @Test
    void mutualInformationTakesOffHowLikelyAChoiceIsAlone() {
        List<String> choices = List.of("x", "y");
        try (Scorer scorer = Scorers.open("choice", Map.of("also", "acc_mutual_info", "main", "acc_mutual_info"))) {
            List<Reply> replies = List.of(
                    new Reply("x", -1, 1, false),
                    new Reply("y", -2, 1, false),
                    new Reply("x", -1, 1, false),
                    new Reply("y", -5, 1, false));
            Question question = new Question("?", List.of("y"), choices, Map.of());
            assertThat(scorer.scores().get(0).id()).isEqualTo("acc_mutual_info");
            assertThat(scorer.score(question, replies).get("acc_mutual_info")).containsExactly(1, 1);
            assertThatThrownBy(() -> scorer.score(question, replies.subList(0, 2)))
                    .hasMessageContaining("each needs two");
        }
    }

    @Test
    void theProbabilityOfAllRightChoicesIsSummed() {
        Map<String, Object> row = Map.of("mc2_targets", Map.of("labels", List.of(1, 0, 1)));
        List<Reply> replies = DoubleStream.of(0.2, 0.1, 0.1)
                .mapToObj(share -> new Reply("", Math.log(share), 1, false))
                .toList();
        try (Scorer scorer = Scorers.open("choice-mass", Map.of())) {
            Question question = new Question("?", List.of(), List.of("a", "b", "c"), Map.copyOf(row));
            assertThat(scorer.score(question, replies).get("acc")[0]).isCloseTo(0.75, within(1e-12));
            assertThatThrownBy(() -> scorer.score(Question.of("?", "a"), replies))
                    .hasMessageContaining("mc2_targets.labels");
        }
    }

    @Test
    void likelihoodsOfTextsMakePerplexities() {
        try (Scorer scorer = Scorers.open("perplexity", Map.of())) {
            Map<String, double[]> vectors = scorer.score(
                    new Question("", List.of("two words"), List.of(), Map.of()),
                    List.of(new Reply("two words", -9 * Math.log(2), 3, false)));
            assertThat(Aggregation.BITS.of(vectors.get("bits_per_byte"))).isCloseTo(1, within(1e-12));
            assertThat(Aggregation.PERPLEXITY.of(vectors.get("byte_perplexity")))
                    .isCloseTo(2, within(1e-12));
            assertThat(Aggregation.PERPLEXITY.of(vectors.get("word_perplexity")))
                    .isCloseTo(Math.pow(2, 4.5), within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "exact-match | colour | true | has no option 'colour'. It has [capitals, digits, ignore, punctuation, spaces]",
                "exact-match | ignore | ( | is no regular expression",
                "choice | main | best | must be one of [acc, acc_norm, acc_bytes], got: best",
                "regex | pattern | | needs option 'pattern'",
                "nothing | a | b | there is no scorer 'nothing'. Choose one of [bias-pairs",
                "f1 | count | both | must be multisets or sets",
                "python-function | k | 0 | must be from 1 to",
                "rouge | stem | 3 | must be true or false, got: 3",
            })
    void whatATaskGetsWrongIsNamed(String kind, String option, String value, String message) {
        Map<String, Object> options = value == null
                ? Map.of()
                : Map.of(
                        option,
                        value.matches("\\d+")
                                ? (Object) Integer.parseInt(value)
                                : value.equals("true") ? (Object) true : value);
        assertThatThrownBy(() -> Scorers.open(kind, options))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aSampleThatCannotBeJudgedSaysWhy() {
        assertThatThrownBy(() -> choose(List.of("x", "y"), "z", -1, -2))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("'z' is none of the choices [x, y]");
        assertThatThrownBy(() -> choose(List.of("x", "y"), "x", -1))
                .hasMessageContaining("1 likelihoods for 2 choices");
        assertThatThrownBy(() -> choose(List.of("x", "y"), "x", Double.NaN, -1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> score("instructions", Map.of(), "x")).hasMessageContaining("'instruction_id_list'");
        assertThatThrownBy(() ->
                        score("regex", Map.of("pattern", "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^x]$"), "x".repeat(90)))
                .hasMessageContaining("regular expression looked");
    }
}
