package dev.weighbridge.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenLengthTest {
    private static final int DRAWS = 20_000;

    private static int[] draws(TokenLength length, long seed) {
        return IntStream.range(0, DRAWS)
                .map(prompt -> length.tokensOf(prompt, seed))
                .toArray();
    }

    private static double mean(int[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static int quantile(int[] values, double share) {
        return Arrays.stream(values).sorted().toArray()[(int) (share * values.length)];
    }

    @Test
    void oneLengthIsAskedOfEveryPrompt() {
        assertThat(draws(new TokenLength.Exactly(32), 1)).containsOnly(32);
        assertThat(draws(new TokenLength.AtMost(9), 1)).containsOnly(9);
    }

    @Test
    void onlyAnAnswerThatTheModelEndsIsNotEnforced() {
        assertThat(new TokenLength.AtMost(9).isEnforced()).isFalse();
        assertThat(new TokenLength.Exactly(9).isEnforced()).isTrue();
        assertThat(new TokenLength.Uniform(1, 9).isEnforced()).isTrue();
        assertThat(new TokenLength.LogNormal(4, 0.5, 9).isEnforced()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_001, -7})
    void uniformLengthsAreSpreadEvenlyOverAllOfTheirRange(long seed) {
        int[] lengths = draws(new TokenLength.Uniform(16, 48), seed);
        // Standard deviation 9.52; five standard errors of 20,000 draws are 0.34.
        assertThat(mean(lengths)).isBetween(31.66, 32.34);
        for (int length = 16; length <= 48; length++) {
            int wanted = length;
            long times = Arrays.stream(lengths).filter(l -> l == wanted).count();
            // 606 are expected, with a standard deviation of 24.2.
            assertThat(times).as("of %d tokens", length).isBetween(485L, 727L);
        }
        assertThat(Arrays.stream(lengths).min()).hasValue(16);
        assertThat(Arrays.stream(lengths).max()).hasValue(48);
    }

    @Test
    void aUniformRangeOfOneLengthIsThatLength() {
        assertThat(draws(new TokenLength.Uniform(7, 7), 3)).containsOnly(7);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_001, -7})
    void logNormalLengthsHaveTheQuantilesOfTheirDistribution(long seed) {
        int[] lengths = draws(new TokenLength.LogNormal(200, 0.5, 100_000), seed);
        // Quantiles 200·exp(0.5·z) for z = 0, ±1, 2, each with five standard errors of 20,000 draws.
        assertThat(quantile(lengths, 0.5)).isBetween(195, 205);
        assertThat(quantile(lengths, 0.158_66)).isBetween(118, 125);
        assertThat(quantile(lengths, 0.841_34)).isBetween(321, 339);
        assertThat(quantile(lengths, 0.977_25)).isBetween(517, 571);
        // Mean 200·exp(0.125) = 226.6, standard deviation 120.8; five standard errors are 4.3.
        assertThat(mean(lengths)).isBetween(222.3, 230.9);
    }

    @Test
    void aLongDrawIsCutToTheMostAndAShortOneIsOneToken() {
        int[] lengths = draws(new TokenLength.LogNormal(2, 2, 64), 5);
        assertThat(Arrays.stream(lengths).min()).hasValue(1);
        assertThat(Arrays.stream(lengths).max()).hasValue(64);
        long cut = Arrays.stream(lengths).filter(l -> l == 64).count();
        // A share of 1 − Φ(ln(63.5 / 2) / 2) = 4.19 % is 64 or longer: 838 of 20,000, with a standard deviation of 28.
        assertThat(cut).isBetween(696L, 980L);
        int[] widest = draws(new TokenLength.LogNormal(100_000, TokenLength.MOST_SIGMA, 100_000), 5);
        assertThat(Arrays.stream(widest).min().orElseThrow()).isPositive();
        assertThat(Arrays.stream(widest).max()).hasValue(100_000);
    }

    @Test
    void withoutSpreadEveryLengthIsTheMedian() {
        assertThat(draws(new TokenLength.LogNormal(32, 0, 128), 5)).containsOnly(32);
    }

    @Test
    void lengthsAreTheSameInEveryRunAndOnEveryMachine() {
        // Computed apart from this code, by SplitMix64 as its authors published it.
        TokenLength uniform = new TokenLength.Uniform(16, 48);
        TokenLength logNormal = new TokenLength.LogNormal(32, 0.5, 128);
        assertThat(IntStream.range(0, 8).map(i -> uniform.tokensOf(i, 1)).toArray())
                .containsExactly(28, 33, 40, 38, 44, 31, 22, 22);
        assertThat(IntStream.range(0, 8).map(i -> logNormal.tokensOf(i, 1)).toArray())
                .containsExactly(50, 34, 59, 21, 20, 32, 27, 30);
    }

    @Test
    void aLengthDependsOnItsPromptAndSeedAlone() {
        TokenLength length = new TokenLength.LogNormal(200, 0.5, 1_000);
        int alone = length.tokensOf(777, 4);
        int[] all = draws(new TokenLength.LogNormal(200, 0.5, 1_000), 4);
        assertThat(all[777]).isEqualTo(alone);
        assertThat(draws(length, 5)).isNotEqualTo(all);
    }

    @Test
    void noBlocksLengthsAreThoseOfAnotherMovedOn() {
        TokenLength length = new TokenLength.LogNormal(200, 0.5, 100_000);
        int[] first = draws(length, 1);
        int[] second = draws(length, 1_001);
        for (int shift : new int[] {0, 1, 999, 1_000, 1_001}) {
            long alike = IntStream.range(0, DRAWS - shift)
                    .filter(i -> first[i + shift] == second[i])
                    .count();
            // By chance 0.36 % of two such draws are equal.
            assertThat((double) alike / DRAWS).as("moved on by %d", shift).isLessThan(0.01);
        }
    }

    @Test
    void theNotationOfTheCommandLineReadsAsTheLength() {
        assertThat(TokenLength.parse("32")).isEqualTo(new TokenLength.Exactly(32));
        assertThat(TokenLength.parse("uniform:16:48")).isEqualTo(new TokenLength.Uniform(16, 48));
        assertThat(TokenLength.parse(" log-normal:32:0.5:128 ")).isEqualTo(new TokenLength.LogNormal(32, 0.5, 128));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "many",
                "1.5",
                "16:48",
                "uniform",
                "uniform:16",
                "uniform:16:48:",
                "uniform:16:x",
                "gamma:16:48",
                "log-normal:32:0.5",
                "log-normal:32:wide:128"
            })
    void anotherNotationIsRefusedWithThoseThatExist(String text) {
        assertThatThrownBy(() -> TokenLength.parse(text))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("output length '" + text
                        + "' is not known. Use N, uniform:LEAST:MOST or log-normal:MEDIAN:SIGMA:MOST");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0                      | tokens must be between 1 and 100000, got: 0
            100001                 | tokens must be between 1 and 100000, got: 100001
            uniform:0:4            | least must be between 1 and 100000, got: 0
            uniform:4:100001       | most must be between 1 and 100000, got: 100001
            uniform:48:16          | least must not be above most, got: least 48, most 16
            log-normal:0:0.5:4     | median must be between 1 and 100000, got: 0
            log-normal:4:0.5:0     | most must be between 1 and 100000, got: 0
            log-normal:200:0.5:128 | median must not be above most, got: median 200, most 128
            log-normal:32:-0.1:128 | sigma must be between 0 and 5.0, got: -0.1
            log-normal:32:5.1:128  | sigma must be between 0 and 5.0, got: 5.1
            log-normal:32:NaN:128  | sigma must be between 0 and 5.0, got: NaN
            """)
    void aLengthThatCannotBeAskedIsRefused(String text, String message) {
        assertThatThrownBy(() -> TokenLength.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 100_001})
    void aBoundThatIsNoneIsRefused(int tokens) {
        assertThatThrownBy(() -> new TokenLength.AtMost(tokens))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("most tokens must be between 1 and 100000, got: " + tokens);
    }
}
