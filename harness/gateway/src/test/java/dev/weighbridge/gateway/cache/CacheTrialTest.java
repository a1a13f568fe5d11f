package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CacheTrialTest {
    private static final List<Double> GRID =
            IntStream.rangeClosed(1, 25).mapToObj(i -> i / 25.0).toList();

    private static List<CacheTrial.Row> replay(Embedding embedding, List<Question> questions, Double... thresholds) {
        return CacheTrial.replay(embedding, questions, List.of(thresholds), String::equals);
    }

    private static Question question(String prompt, String answer) {
        return new Question(prompt, answer, Question.Origin.ASKED);
    }

    @Test
    void aPromptThatWasAnsweredFromTheCacheIsNotInIt() {
        // Similarities of neighbours: cos 0.3 = 0.955; of the ends: cos 0.6 = 0.825.
        List<Question> line = List.of(question("0", "a"), question("0.3", "a"), question("0.6", "b"));
        assertThat(replay(new Angles(), line, 0.8, 0.9, 0.99))
                .containsExactly(
                        new CacheTrial.Row(0.8, 3, 2, 0, 1),
                        // The second is answered from the first, so that nothing is near the third.
                        new CacheTrial.Row(0.9, 3, 1, 0, 0),
                        new CacheTrial.Row(0.99, 3, 0, 0, 0));
    }

    @Test
    void theVerySamePromptIsAnsweredFromItsOwnEntry() {
        List<Question> questions =
                List.of(question("0.1 x", "a"), question("0.1 y", "b"), question("0.1 y", "b"), question("0.1 x", "c"));
        assertThat(replay(new Angles(), questions, 0.5, 1.0).get(0)).isEqualTo(new CacheTrial.Row(0.5, 4, 3, 1, 3));
    }

    @Test
    void whetherAHitIsWrongIsForTheGivenEqualityToSay() {
        List<Question> questions = List.of(question("0", "Yes."), question("0.01", "yes"), question("0.02", "no"));
        CacheTrial.Row row = CacheTrial.replay(
                        new Angles(), questions, List.of(0.9), (a, b) -> a.charAt(1) == b.charAt(1))
                .get(0);
        assertThat(row).isEqualTo(new CacheTrial.Row(0.9, 3, 2, 0, 1));
    }

    @Test
    void eachRowIsWhatACacheOfThatThresholdDoes() {
        List<Question> questions = QuestionLoad.repetitive(3, 400, 60, 1, 0.3);
        List<CacheTrial.Row> rows = new ArrayList<>();
        for (double threshold : GRID) {
            rows.add(asked(threshold, questions));
        }
        assertThat(CacheTrial.replay(new HashedNgrams(), questions, GRID, String::equals))
                .isEqualTo(rows);
        assertThat(rows)
                .extracting(CacheTrial.Row::wrong)
                .anyMatch(wrong -> wrong > 50)
                .contains(0L);
    }

    private static CacheTrial.Row asked(double threshold, List<Question> questions) {
        CacheSettings settings = new CacheSettings(
                threshold,
                new HashedNgrams(),
                10_000,
                1L << 30,
                8_192,
                8_192,
                Duration.ofHours(1),
                CacheSettings.Sampled.NEVER);
        Scope scope = Scope.of("", Map.of("temperature", 0));
        long wrong = 0;
        try (SemanticCache cache = new SemanticCache(settings, () -> 0, 10_000)) {
            for (Question question : questions) {
                Optional<SemanticCache.Hit> hit = cache.lookup(scope, question.prompt());
                if (hit.isEmpty()) {
                    cache.put(scope, question.prompt(), question.answer());
                } else {
                    wrong += hit.get().answer().equals(question.answer()) ? 0 : 1;
                }
            }
            CacheStatistics statistics = cache.statistics();
            return new CacheTrial.Row(
                    threshold,
                    statistics.lookups(),
                    statistics.exactHits() + statistics.semanticHits(),
                    statistics.exactHits(),
                    wrong);
        }
    }

    /** With seeds that the weights and the threshold were not chosen by. */
    @Test
    void extraWeightForNumbersNegationsAndNamesKeepsWrongHitsOut() {
        List<Question> questions = QuestionLoad.repetitive(101, 2_000, 200, 1, 0.2);
        Embedding plain = new HashedNgrams(HashedNgrams.STANDARD_DIMENSIONS, HashedNgrams.Weights.PLAIN);
        CacheTrial.Row without =
                replay(plain, questions, CacheSettings.STANDARD_THRESHOLD).get(0);
        CacheTrial.Row with = replay(new HashedNgrams(), questions, CacheSettings.STANDARD_THRESHOLD)
                .get(0);
        System.out.println("without extra weight " + without + ", with " + with);
        assertThat(without.wrong()).isGreaterThan(without.hits() / 10);
        assertThat(with.wrong()).isLessThanOrEqualTo(with.hits() / 500);
        assertThat(with.hits() - with.exactHits()).isGreaterThan(20);
    }

    @Test
    void allBitsOfTheSetAreUsed() {
        List<Double> most = IntStream.rangeClosed(1, 64).mapToObj(i -> i / 64.0).toList();
        List<CacheTrial.Row> rows =
                CacheTrial.replay(new Angles(), List.of(question("0", "a"), question("0", "a")), most, String::equals);
        assertThat(rows).hasSize(64).allMatch(row -> row.exactHits() == 1 && row.hits() == 1);
    }

    @Test
    void aGridThatIsNoneIsRefused() {
        for (List<Double> grid : List.of(
                List.<Double>of(),
                List.of(0.0, 0.5),
                List.of(0.5, 0.5),
                List.of(0.9, 0.8),
                List.of(1.1),
                List.of(Double.NaN),
                IntStream.rangeClosed(1, 65).mapToObj(i -> i / 65.0).toList())) {
            assertThatThrownBy(() -> CacheTrial.replay(new Angles(), List.of(), grid, String::equals))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("ascending");
        }
    }
}
