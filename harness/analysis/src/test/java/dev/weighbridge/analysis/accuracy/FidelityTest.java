package dev.weighbridge.analysis.accuracy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.ClusteredMean;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FidelityTest {

    private static TokenFidelity token(double divergence, double change, double base, double candidate) {
        return new TokenFidelity(divergence, divergence, change > -0.5, change, change, base, candidate, true);
    }

    private static double variance(double[] values) {
        return covariance(values, values);
    }

    private static double covariance(double[] first, double[] second) {
        double firstMean = Arrays.stream(first).average().orElseThrow();
        double secondMean = Arrays.stream(second).average().orElseThrow();
        double sum = 0;
        for (int i = 0; i < first.length; i++) {
            sum += (first[i] - firstMean) * (second[i] - secondMean);
        }
        return sum / (first.length - 1);
    }

    @Test
    void meansAreOverTokensAndTheirErrorsOverSamples() {
        Fidelity fidelity = new Fidelity();
        double[] values = {0.1, 0.3, 0.2, 0.5, 0.9, 0.05, 0};
        List<String> samples = List.of("a", "b", "a", "b", "c", "a", "c");
        for (int i = 0; i < values.length; i++) {
            fidelity.add(samples.get(i), token(values[i], -values[i], -1, -1));
        }
        ClusteredMean expected = ClusteredMean.of(values, samples);
        ClusteredMean mean = fidelity.divergenceAtLeast().mean();
        assertThat(mean.mean()).isCloseTo(expected.mean(), within(1e-12));
        assertThat(mean.standardError()).isCloseTo(requireNonNull(expected.standardError()), within(1e-12));
        assertThat(mean.clusters()).isEqualTo(3);
        assertThat(fidelity.tokens()).isEqualTo(7);
        assertThat(fidelity.samples()).isEqualTo(3);
        assertThat(fidelity.isExact()).isTrue();
        assertThat(fidelity.topAgreement().mean()).isCloseTo(5 / 7.0, within(1e-12));
        assertThat(fidelity.changeAtMost().mean()).isCloseTo(-expected.mean(), within(1e-12));
        double squares = Arrays.stream(values).map(value -> value * value).sum();
        assertThat(fidelity.rootMeanSquareChangeAtMost()).isCloseTo(Math.sqrt(squares / 7), within(1e-12));
        assertThat(fidelity.rootMeanSquareChangeAtLeast()).isEqualTo(fidelity.rootMeanSquareChangeAtMost());
    }

    @Test
    void theErrorOfThePerplexityRatioAllowsForTheCovariance() {
        SplittableRandom random = new SplittableRandom(1);
        double[] base = new double[400];
        double[] candidate = new double[400];
        Fidelity fidelity = new Fidelity();
        for (int i = 0; i < base.length; i++) {
            base[i] = -Math.abs(2 * random.nextGaussian());
            candidate[i] = base[i] - 0.05 + 0.1 * random.nextGaussian();
            fidelity.add("sample " + i, token(0, 0, base[i], candidate[i]));
        }
        // llama.cpp: variance of both means less twice their covariance.
        double error =
                Math.sqrt((variance(base) + variance(candidate) - 2 * covariance(base, candidate)) / base.length);
        PerplexityRatio ratio = requireNonNull(fidelity.perplexityRatio());
        double perplexities = Math.exp(-Arrays.stream(candidate).average().orElseThrow())
                / Math.exp(-Arrays.stream(base).average().orElseThrow());
        assertThat(ratio.ratio()).isCloseTo(perplexities, within(1e-9));
        assertThat(ratio.logRatio().standardError()).isCloseTo(error, within(1e-9));
        assertThat(ratio.standardError()).isCloseTo(error * perplexities, within(1e-9));
        assertThat(ratio.low()).isBetween(1.0, perplexities);
        assertThat(ratio.high()).isBetween(perplexities, 1.2);
        assertThat(ratio.tokens()).isEqualTo(400);
    }

    @Test
    void percentilesAreThoseOfTheTokensToThreeDigits() {
        Fidelity fidelity = new Fidelity();
        double[] values = IntStream.rangeClosed(1, 10_000)
                .mapToDouble(i -> Math.pow(10, -6 + 8.0 * i / 10_000))
                .toArray();
        for (int i = 0; i < values.length; i++) {
            fidelity.add("s" + i % 10, token(values[i], 0, -1, -1));
        }
        DivergenceFigures figures = fidelity.divergenceAtLeast();
        for (double share : new double[] {0.5, 0.9, 0.95, 0.99, 0.999}) {
            double exact = values[(int) Math.round(share * 10_000) - 1];
            assertThat(figures.percentile(share) / exact).isCloseTo(1, within(0.001));
        }
        assertThat(figures.percentile(1)).isEqualTo(100);
        assertThat(figures.max()).isEqualTo(100);
        assertThat(figures.shareOver(1)).isCloseTo(0.25, within(0.0005));
        assertThat(figures.shareOver(0)).isEqualTo(1);
    }

    @Test
    void anInfiniteDivergenceShowsAndBreaksNothing() {
        Fidelity fidelity = new Fidelity();
        fidelity.add("a", token(0.1, 0, -1, -1));
        fidelity.add("b", token(Double.POSITIVE_INFINITY, -1, -1, Double.NEGATIVE_INFINITY));
        DivergenceFigures figures = fidelity.divergenceAtMost();
        assertThat(figures.mean().mean()).isInfinite();
        assertThat(figures.mean().standardError()).isNull();
        assertThat(figures.max()).isInfinite();
        assertThat(figures.percentile(0.5)).isCloseTo(0.1, within(0.0001));
        assertThat(requireNonNull(fidelity.perplexityRatio()).ratio()).isInfinite();
        assertThat(requireNonNull(fidelity.perplexityRatio()).standardError()).isNull();
    }

    @Test
    void boundsStayApartAndTokensThatTheBaseDoesNotGiveAreLeftOut() {
        Fidelity fidelity = new Fidelity();
        fidelity.add("a", new TokenFidelity(0.1, 0.4, true, -0.3, -0.1, -1, -3, false));
        fidelity.add("b", new TokenFidelity(0.2, 0.2, true, -0.1, 0.2, Double.NaN, -1, true));
        assertThat(fidelity.isExact()).isFalse();
        assertThat(fidelity.divergenceAtLeast().mean().mean()).isCloseTo(0.15, within(1e-12));
        assertThat(fidelity.divergenceAtMost().mean().mean()).isCloseTo(0.3, within(1e-12));
        assertThat(fidelity.changeAtLeast().mean()).isCloseTo(-0.2, within(1e-12));
        assertThat(fidelity.changeAtMost().mean()).isCloseTo(0.05, within(1e-12));
        assertThat(fidelity.rootMeanSquareChangeAtLeast()).isCloseTo(Math.sqrt(0.01 / 2), within(1e-12));
        assertThat(fidelity.rootMeanSquareChangeAtMost()).isCloseTo(Math.sqrt(0.13 / 2), within(1e-12));
        PerplexityRatio ratio = requireNonNull(fidelity.perplexityRatio());
        assertThat(ratio.tokens()).isEqualTo(1);
        assertThat(ratio.bounded()).isEqualTo(1);
        assertThat(ratio.ratio()).isCloseTo(Math.exp(2), within(1e-12));
        assertThat(ratio.low()).isZero();
        assertThat(ratio.high()).isInfinite();
    }

    @Test
    void manyTokensTakeNoMoreRoomThanTheirSamples() {
        Fidelity fidelity = new Fidelity();
        for (int i = 0; i < 1_000_000; i++) {
            fidelity.add("s" + i % 7, token(i % 100 / 100.0, 0, -1, -1));
        }
        assertThat(fidelity.sums()).hasDimensions(7, Fidelity.Sum.values().length);
        assertThat(fidelity.divergenceAtLeast().mean().mean()).isCloseTo(0.495, within(1e-9));
    }

    @Test
    void theSumsGiveOtherFiguresAnInterval() {
        Fidelity fidelity = new Fidelity();
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 3000; i++) {
            fidelity.add("s" + i % 60, token(0, random.nextGaussian() / 10, -1, -1));
        }
        int square = Fidelity.Sum.SQUARE_LOW.column();
        Double low = Bootstrap.of(
                        fidelity.sums(),
                        null,
                        sums -> Math.sqrt(sums[square] / sums[Fidelity.Sum.TOKENS.column()]),
                        1000,
                        3)
                .bca()
                .low();
        assertThat(low).isBetween(0.09, fidelity.rootMeanSquareChangeAtLeast());
    }

    @Test
    void nothingIsSaidOfNoTokens() {
        assertThatThrownBy(() -> new Fidelity().divergenceAtLeast()).hasMessageContaining("no tokens");
        assertThat(new Fidelity().perplexityRatio()).isNull();
        Fidelity fidelity = new Fidelity();
        fidelity.add("a", token(0, 0, -1, -1));
        assertThatThrownBy(() -> fidelity.divergenceAtLeast().percentile(0)).hasMessageContaining("0.0");
    }

    @Test
    void flipsAreCountedBothWays() {
        Flips flips = Flips.of(
                new boolean[] {true, true, true, false, false}, new boolean[] {true, false, false, true, false});
        assertThat(flips).isEqualTo(new Flips(5, 2, 1));
        assertThat(flips.share()).isEqualTo(0.6);
        assertThat(flips.mcnemarP()).isEqualTo(1);
        assertThat(new Flips(100, 9, 1).mcnemarP()).isCloseTo(22.0 / 1024, within(1e-12));
        assertThatThrownBy(() -> Flips.of(new boolean[1], new boolean[2])).hasMessageContaining("1 and 2");
        assertThatThrownBy(() -> new Flips(2, 2, 1)).hasMessageContaining("2, 1 of 2");
    }

    @Test
    void lengthsDriftByTheirPairedDifference() {
        LengthDrift drift = LengthDrift.of(new int[] {100, 50, 200, 150}, new int[] {110, 52, 230, 150}, null);
        assertThat(drift.meanDifference()).isEqualTo(10.5);
        assertThat(drift.relative()).isCloseTo(0.084, within(1e-12));
        assertThat(drift.others()).isEqualTo(3);
        assertThat(drift.n()).isEqualTo(4);
        // R's t.test(c(10, 2, 30, 0)) by hand: sd 13.6991, half 3.182446 × 6.849574.
        assertThat(drift.low()).isCloseTo(10.5 - 3.182446 * 6.849574, within(1e-4));
        assertThat(drift.high()).isCloseTo(10.5 + 3.182446 * 6.849574, within(1e-4));
        LengthDrift none = LengthDrift.of(new int[] {5, 7}, new int[] {5, 7}, null);
        assertThat(none.meanDifference()).isZero();
        assertThat(none.low()).isNull();
        assertThat(none.p()).isEqualTo(1);
    }
}
