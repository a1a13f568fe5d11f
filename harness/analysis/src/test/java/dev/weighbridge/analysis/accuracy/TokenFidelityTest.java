package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenFidelityTest {
    private static final double NO_FLOOR = Double.NEGATIVE_INFINITY;

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    private static TopLogprobs top(Map<String, Double> probabilities, int k) {
        Map<String, Double> logs = new HashMap<>();
        probabilities.forEach((token, probability) -> logs.put(token, Math.log(probability)));
        return new TopLogprobs(logs, k);
    }

    /** What a server would tell of a distribution: its k most likely tokens, and the one that came next. */
    private static TopLogprobs top(double[] logprobs, int k, int token) {
        List<Integer> order = IntStream.range(0, logprobs.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> logprobs[i]).reversed())
                .toList();
        Map<String, Double> told = new HashMap<>();
        order.subList(0, k).forEach(i -> told.put("t" + i, logprobs[i]));
        told.put("t" + token, logprobs[token]);
        return new TopLogprobs(told, k);
    }

    @Test
    void wholeDistributionsAreComparedByTheFormula() {
        // By hand: 0.5 ln(0.5/0.25) + 0.25 ln(0.25/0.5) + 0.25 ln(0.25/0.25) = 0.25 ln 2.
        TokenFidelity token = TokenFidelity.exact(logs(0.5, 0.25, 0.25), logs(0.25, 0.5, 0.25));
        assertThat(token.divergenceLow()).isCloseTo(0.25 * Math.log(2), within(1e-7));
        assertThat(token.divergenceHigh()).isEqualTo(token.divergenceLow());
        assertThat(token.sameTop()).isFalse();
        assertThat(token.changeLow()).isCloseTo(-0.25, within(1e-7));
        assertThat(token.baseLogprob()).isCloseTo(Math.log(0.5), within(1e-7));
        assertThat(token.candidateLogprob()).isCloseTo(Math.log(0.25), within(1e-7));
        assertThat(TokenFidelity.exact(logs(0.5, 0.25, 0.25), logs(0.25, 0.5, 0.25), 1)
                        .changeHigh())
                .isCloseTo(0.25, within(1e-7));
    }

    @Test
    void logitsDoAsWellAsLogProbabilities() {
        float[] logits = {3, 1, -2};
        float[] shifted = {13, 11, 8};
        assertThat(TokenFidelity.exact(logits, shifted).divergenceHigh()).isCloseTo(0, within(1e-12));
    }

    @Test
    void tokensThatAreRuledOutCountWhereTheBaseHasThem() {
        assertThat(TokenFidelity.exact(logs(1, 0), logs(0.5, 0.5)).divergenceLow())
                .isCloseTo(Math.log(2), within(1e-7));
        assertThat(TokenFidelity.exact(logs(1, 0), logs(1, 0)).divergenceLow()).isZero();
        assertThat(TokenFidelity.exact(logs(0.5, 0.5), logs(1, 0)).divergenceLow())
                .isInfinite();
    }

    @Test
    void aBrokenCandidateIsAsFarAwayAsCanBe() {
        TokenFidelity token = TokenFidelity.exact(logs(0.5, 0.5), new float[] {Float.NaN, 0});
        assertThat(token.divergenceLow()).isInfinite();
        assertThat(token.sameTop()).isFalse();
        assertThat(token.changeLow()).isCloseTo(-0.5, within(1e-7));
        assertThatThrownBy(() -> TokenFidelity.exact(new float[] {Float.NaN, 0}, logs(0.5, 0.5)))
                .hasMessageContaining("make no distribution");
    }

    @Test
    void boundsOfFewTokensAreThoseWorkedOutByHand() {
        TopLogprobs base = top(Map.of("a", 0.6, "b", 0.3), 2);
        TopLogprobs candidate = top(Map.of("a", 0.5, "c", 0.2), 2);
        TokenFidelity token = TokenFidelity.bounded(base, candidate, "b", Math.log(0.001));
        // b has at most 0.2 at the candidate, which has 0.5 left for it and the rest.
        double low = 0.6 * Math.log(0.6 / 0.5) + 0.3 * Math.log(0.3 / 0.2) + 0.1 * Math.log(0.1 / 0.3);
        double high = 0.6 * Math.log(0.6 / 0.5) + 0.3 * Math.log(0.3 / 0.001) + 0.1 * Math.log(0.1 / 0.001);
        assertThat(token.divergenceLow()).isCloseTo(low, within(1e-12));
        assertThat(token.divergenceHigh()).isCloseTo(high, within(1e-12));
        assertThat(token.changeLow()).isCloseTo(-0.3, within(1e-12));
        assertThat(token.changeHigh()).isCloseTo(-0.1, within(1e-12));
        assertThat(token.candidateKnown()).isFalse();
        assertThat(token.candidateLogprob()).isCloseTo(Math.log(0.2), within(1e-12));
        assertThat(TokenFidelity.bounded(base, candidate, "c", NO_FLOOR).baseLogprob())
                .isNaN();
    }

    @Test
    void theBoundsHoldTheDivergenceThatTheyBound() {
        SplittableRandom random = new SplittableRandom(1);
        int vocabulary = 200;
        for (int round = 0; round < 2000; round++) {
            double peak = random.nextDouble(0.5, 4);
            double noise = random.nextDouble(0, 2);
            float[] base = new float[vocabulary];
            float[] candidate = new float[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                base[i] = (float) (peak * random.nextGaussian());
                candidate[i] = (float) (base[i] + noise * random.nextGaussian());
            }
            int next = random.nextInt(vocabulary);
            int k = 1 + random.nextInt(20);
            TokenFidelity exact = TokenFidelity.exact(base, candidate, next);
            double[] baseLogs = normalized(base);
            double[] candidateLogs = normalized(candidate);
            double floor = Arrays.stream(candidateLogs).min().orElseThrow();
            TokenFidelity bounds =
                    TokenFidelity.bounded(top(baseLogs, k, next), top(candidateLogs, k, next), "t" + next, floor);
            assertThat(bounds.divergenceLow()).isLessThanOrEqualTo(exact.divergenceLow() + 1e-5);
            assertThat(bounds.divergenceHigh()).isGreaterThanOrEqualTo(exact.divergenceLow() - 1e-5);
            assertThat(bounds.changeLow()).isCloseTo(exact.changeLow(), within(1e-6));
            assertThat(bounds.sameTop()).isEqualTo(exact.sameTop());
        }
    }

    @Test
    void twentyTokensOfAPeakedDistributionKeepMostOfASmallDivergence() {
        SplittableRandom random = new SplittableRandom(2);
        double least = 0;
        double whole = 0;
        double most = 0;
        for (int round = 0; round < 500; round++) {
            float[] base = new float[1000];
            float[] candidate = new float[1000];
            for (int i = 0; i < base.length; i++) {
                base[i] = (float) (4 * random.nextGaussian());
                candidate[i] = (float) (base[i] + 0.3 * random.nextGaussian());
            }
            double[] baseLogs = normalized(base);
            TokenFidelity bounds =
                    TokenFidelity.bounded(top(baseLogs, 20, 0), top(normalized(candidate), 20, 0), "t0", -30);
            least += bounds.divergenceLow();
            whole += TokenFidelity.exact(base, candidate).divergenceLow();
            most += bounds.divergenceHigh();
        }
        assertThat(least / whole).isBetween(0.7, 1.0);
        assertThat(most / whole).isBetween(1.0, 300.0);
    }

    @Test
    void allTokensGiveBoundsThatMeet() {
        TopLogprobs base = top(Map.of("a", 0.6, "b", 0.3, "c", 0.1), 3);
        TopLogprobs candidate = top(Map.of("a", 0.5, "b", 0.2, "c", 0.3), 3);
        TokenFidelity token = TokenFidelity.bounded(base, candidate, "a", -50);
        assertThat(token.divergenceHigh() - token.divergenceLow()).isBetween(0.0, 1e-9);
        assertThat(token.sameTop()).isTrue();
    }

    @Test
    void aTailThatTheCandidateMayRuleOutHasNoUpperBound() {
        TopLogprobs top = top(Map.of("a", 0.6, "b", 0.3), 2);
        TokenFidelity token = TokenFidelity.bounded(top, top, "a", NO_FLOOR);
        assertThat(token.divergenceLow()).isCloseTo(0, within(1e-9));
        assertThat(token.divergenceHigh()).isInfinite();
    }

    @Test
    void aTokenGivenBesideTheTopOnesDoesNotBoundTheOthers() {
        TopLogprobs base = top(Map.of("a", 0.5, "b", 0.2, "z", 0.0001), 2);
        TokenFidelity token = TokenFidelity.bounded(base, base, "q", -30);
        assertThat(token.changeHigh()).isCloseTo(0.2, within(1e-9));
    }

    @Test
    void whatIsNoDistributionIsRefused() {
        assertThatThrownBy(() -> new TopLogprobs(Map.of(), 1)).hasMessageContaining("0 tokens");
        assertThatThrownBy(() -> new TopLogprobs(Map.of("a", 0.5), 1)).hasMessageContaining("got: 0.5");
        assertThatThrownBy(() -> new TopLogprobs(Map.of("a", -0.1, "b", -0.1), 1))
                .hasMessageContaining("add up to at most 1");
        assertThatThrownBy(() -> new TopLogprobs(Map.of("a", Double.NaN), 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> TokenFidelity.exact(new float[2], new float[3]))
                .hasMessageContaining("2 and 3");
        assertThatThrownBy(() -> TokenFidelity.exact(new float[2], new float[2], 2))
                .hasMessageContaining("got: 2");
        TopLogprobs top = top(Map.of("a", 1.0), 1);
        assertThatThrownBy(() -> TokenFidelity.bounded(top, top, "a", 0)).hasMessageContaining("floor");
    }

    private static double[] normalized(float[] logits) {
        double norm = Softmax.logSumExp(logits, 0, logits.length);
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i] - norm)
                .toArray();
    }
}
