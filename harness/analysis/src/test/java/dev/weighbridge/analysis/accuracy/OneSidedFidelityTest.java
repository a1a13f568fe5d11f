package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.LogitsEngine.Logits;
import dev.weighbridge.api.TopLogprobsEngine.Position;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OneSidedFidelityTest {
    private static final Vocabulary ABC = new Vocabulary(List.of("a", "b", "c"));
    private static final double FLOOR = Math.log(1e-6);

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]) + 3;
        }
        return logits;
    }

    private static TopLogprobs top(int k, Map<String, Double> probabilities) {
        Map<String, Double> logprobs = new HashMap<>();
        probabilities.forEach((token, probability) -> logprobs.put(token, Math.log(probability)));
        return new TopLogprobs(logprobs, k);
    }

    private static double term(double p, double q) {
        return p * Math.log(p / q);
    }

    @Test
    void aCandidatesTailIsSharedOutAsTheBaseHasItOrLiesAtTheFloor() {
        TokenFidelity place =
                OneSidedFidelity.ofCandidateTop(logits(0.5, 0.3, 0.2), top(1, Map.of("a", 0.6)), ABC, 0, FLOOR);
        // The tail of 0.4 as 3 to 2: 0.24 and 0.16.
        assertThat(place.divergenceLow()).isCloseTo(term(0.5, 0.6) + term(0.3, 0.24) + term(0.2, 0.16), within(1e-6));
        assertThat(place.divergenceHigh()).isCloseTo(term(0.5, 0.6) + term(0.3, 1e-6) + term(0.2, 1e-6), within(1e-5));
        assertThat(place.sameTop()).isTrue();
        assertThat(place.changeLow()).isCloseTo(0.1, within(1e-6));
        assertThat(place.candidateKnown()).isTrue();
    }

    @Test
    void noTokenOfACandidatesTailHasMoreThanItsLeastLikelyOne() {
        TokenFidelity place =
                OneSidedFidelity.ofCandidateTop(logits(0.5, 0.45, 0.05), top(1, Map.of("a", 0.35)), ABC, 1, FLOOR);
        // Shared out as the base has it the second would get 0.585: it gets 0.35, the third the 0.3 that is left.
        assertThat(place.divergenceLow()).isCloseTo(term(0.5, 0.35) + term(0.45, 0.35) + term(0.05, 0.3), within(1e-6));
        assertThat(place.changeLow()).isCloseTo(-0.45, within(1e-6));
        assertThat(place.changeHigh()).isCloseTo(-0.1, within(1e-6));
        assertThat(place.candidateLogprob()).isCloseTo(Math.log(0.35), within(1e-6));
        assertThat(place.candidateKnown()).isFalse();
    }

    @Test
    void aBasesTailLiesWhereTheCandidateHasItOrWhereItHasLeast() {
        TokenFidelity place = OneSidedFidelity.ofBaseTop(top(1, Map.of("a", 0.6)), logits(0.5, 0.3, 0.2), ABC, 2);
        assertThat(place.divergenceLow()).isCloseTo(term(0.6, 0.5) + term(0.24, 0.3) + term(0.16, 0.2), within(1e-6));
        assertThat(place.divergenceHigh()).isCloseTo(term(0.6, 0.5) + term(0.4, 0.2), within(1e-6));
        assertThat(place.baseLogprob()).isNaN();
        assertThat(place.changeLow()).isCloseTo(0.2 - 0.4, within(1e-6));
        assertThat(place.changeHigh()).isCloseTo(0.2, within(1e-6));
        assertThat(place.candidateKnown()).isTrue();
    }

    @Test
    void aBasesTailOfManyTokensIsSpreadOverTheLeastLikelyOnes() {
        TokenFidelity place = OneSidedFidelity.ofBaseTop(
                top(1, Map.of("a", 0.4)), logits(0.4, 0.3, 0.2, 0.1), new Vocabulary(List.of("a", "b", "c", "d")), 0);
        // None of the tail may have over 0.4: 0.4 on the last, 0.2 on the one before.
        assertThat(place.divergenceHigh()).isCloseTo(term(0.4, 0.1) + term(0.2, 0.2), within(1e-6));
    }

    @Test
    void bothBoundsHoldTheDivergenceOfWholeDistributions() {
        SplittableRandom random = new SplittableRandom(11);
        List<String> texts = IntStream.range(0, 50).mapToObj(id -> "t" + id).toList();
        Vocabulary vocabulary = new Vocabulary(texts);
        for (int round = 0; round < 200; round++) {
            double[] p = distribution(random, texts.size());
            double[] q = distribution(random, texts.size());
            int k = 1 + random.nextInt(8);
            int token = random.nextInt(texts.size());
            TokenFidelity exact = TokenFidelity.exact(logits(p), logits(q), token);
            TokenFidelity ofCandidate =
                    OneSidedFidelity.ofCandidateTop(logits(p), likeliest(q, k), vocabulary, token, FLOOR);
            TokenFidelity ofBase = OneSidedFidelity.ofBaseTop(likeliest(p, k), logits(q), vocabulary, token);
            for (TokenFidelity bounds : List.of(ofCandidate, ofBase)) {
                assertThat(exact.divergenceLow())
                        .isBetween(bounds.divergenceLow() - 1e-5, bounds.divergenceHigh() + 1e-5);
                assertThat(exact.changeLow()).isBetween(bounds.changeLow() - 1e-6, bounds.changeHigh() + 1e-6);
                assertThat(bounds.sameTop()).isEqualTo(exact.sameTop());
            }
            TokenFidelity bothTop = TokenFidelity.bounded(likeliest(p, k), likeliest(q, k), "t" + token, FLOOR);
            assertThat(ofCandidate.divergenceLow())
                    .as("a whole side never says less")
                    .isGreaterThan(bothTop.divergenceLow() - 1e-5);
        }
    }

    private static double[] distribution(SplittableRandom random, int size) {
        double[] values = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            values[i] = Math.exp(5 * random.nextDouble());
            sum += values[i];
        }
        for (int i = 0; i < size; i++) {
            values[i] /= sum;
        }
        return values;
    }

    private static TopLogprobs likeliest(double[] probabilities, int k) {
        Map<String, Double> logprobs = new HashMap<>();
        IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
                .limit(k)
                .forEach(i -> logprobs.put("t" + i, Math.log(probabilities[i])));
        return new TopLogprobs(logprobs, k);
    }

    @Test
    void aTextThatNamesNoTokenForSureIsPartOfTheTail() {
        Vocabulary alike = new Vocabulary(List.of("a", "\uFFFD", "\uFFFD", "same", "same", ""));
        assertThat(alike.id("a")).isZero();
        for (String text : List.of("\uFFFD", "same", "", "other")) {
            assertThat(alike.id(text)).isEqualTo(-1);
        }
        assertThat(alike.mayBe(1, "é")).as("a part of a character").isTrue();
        assertThat(alike.mayBe(0, "b")).isFalse();
        // The 0.3 of "same" are of the tail's 0.4, and may be one token's.
        TokenFidelity place = OneSidedFidelity.ofCandidateTop(
                logits(0.6, 0.05, 0.05, 0.2, 0.05, 0.05), top(2, Map.of("a", 0.6, "same", 0.3)), alike, 0, FLOOR);
        assertThat(place.divergenceLow()).isCloseTo(0, within(1e-6));
    }

    @Test
    void aTextIsComparedWhereBothCutItAlike() {
        Logits whole = new Logits(new int[] {0, 1}, 3, new float[] {0, 1, 0, 0, 0, 0});
        List<Position> given = List.of(new Position("b", Map.of("b", -0.5), 1));
        assertThat(Parity.compared(whole, ABC, given).orElseThrow()).hasSize(1);
        assertThat(Parity.compared(given, whole, ABC).orElseThrow()).hasSize(1);
        List<Position> other = List.of(new Position("c", Map.of("b", -0.5), 1));
        assertThat(Parity.compared(whole, ABC, other)).isEmpty();
        assertThat(Parity.compared(other, whole, ABC)).isEmpty();
        assertThat(Parity.compared(whole, ABC, List.of())).isEmpty();
    }

    @Test
    void aBrokenCandidateIsInfinitelyFarAway() {
        TokenFidelity place =
                OneSidedFidelity.ofBaseTop(top(1, Map.of("a", 0.6)), new float[] {Float.NaN, 0, 0}, ABC, 0);
        assertThat(place.divergenceLow()).isInfinite();
    }
}
