package dev.weighbridge.api.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patterns other than Poisson's, whose moments follow from their definitions. */
class ArrivalPatternsTest {
    private static final Duration LONG = Duration.ofSeconds(500);

    @Test
    void everyKindIsFoundByItsId() {
        assertThat(ArrivalPattern.kinds())
                .extracting(ArrivalPattern.Kind::id)
                .containsExactly("burst", "closed", "constant", "gamma", "on-off", "poisson", "ramp", "steps");
        assertThat(ArrivalPattern.kind("gamma")).isPresent();
        assertThat(ArrivalPattern.kind("telepathy")).isEmpty();
    }

    @Test
    void constantArrivalsAreEvenlySpacedWithoutDrift() {
        long[] starts = new Constant(3).arrivals(Duration.ofSeconds(1_000), 1).startNanos();

        assertThat(starts).hasSize(2_999);
        assertThat(starts[2_997]).isEqualTo(999_333_333_333L);
        assertThat(starts[2]).isEqualTo(1_000_000_000L);
    }

    /** Of a gamma distribution with shape k the coefficient of variation is 1/sqrt(k), whatever its mean. */
    @ParameterizedTest
    @CsvSource({"0.25", "1", "4"})
    void gapsOfAGammaProcessHaveItsMeanAndItsSpread(double burstiness) {
        long[] starts = new Gamma(200, burstiness).arrivals(LONG, 7).startNanos();

        double mean = (double) starts[starts.length - 1] / starts.length;
        double squares = 0;
        long before = 0;
        for (long start : starts) {
            squares += Math.pow(start - before - mean, 2);
            before = start;
        }
        double variation = Math.sqrt(squares / starts.length) / mean;
        // The mean of 100,000 gaps is within five standard errors; the spread's own error is larger for bursts.
        assertThat(mean).isCloseTo(5e6, within(5e6 * 5 / Math.sqrt(burstiness) / Math.sqrt(100_000)));
        assertThat(variation).isCloseTo(1 / Math.sqrt(burstiness), within(0.04 / Math.sqrt(burstiness)));
    }

    /** Computed apart from this code, in Python, from SplitMix64 and Marsaglia and Tsang's steps. */
    @Test
    void gammaArrivalsAreThoseThatTheFormulasGive() {
        assertThat(new Gamma(100, 2).arrivals(Duration.ofMillis(60), 9).startNanos())
                .containsExactly(8_376_089, 15_849_315, 37_278_251, 39_216_067, 48_746_632, 49_831_003, 54_814_677);
        assertThat(new Gamma(100, 0.5).arrivals(Duration.ofMillis(60), 9).startNanos())
                .containsExactly(1_087_081, 1_097_485, 17_888_594, 18_245_564, 21_772_519, 50_232_584, 57_488_592);
    }

    private static long between(long[] starts, double fromSeconds, double toSeconds) {
        long count = 0;
        for (long start : starts) {
            count += start >= fromSeconds * 1e9 && start < toSeconds * 1e9 ? 1 : 0;
        }
        return count;
    }

    private static VaryingRate varying(boolean cyclic, VaryingRate.Piece... pieces) {
        return new VaryingRate("test", "test", List.of(pieces), cyclic);
    }

    private static VaryingRate.Piece piece(int seconds, double from, double to) {
        return new VaryingRate.Piece(Duration.ofSeconds(seconds), from, to);
    }

    /** Five standard errors of a count. */
    private static void isAbout(long count, double expected) {
        assertThat((double) count).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }

    @Test
    void aRampHasTheIntegralOfItsRateAndThenStays() {
        long[] starts = varying(false, piece(100, 0, 200))
                .arrivals(Duration.ofSeconds(150), 3)
                .startNanos();

        assertThat(starts).isSorted();
        isAbout(between(starts, 0, 50), 2_500);
        isAbout(between(starts, 50, 100), 7_500);
        isAbout(between(starts, 100, 150), 10_000);
    }

    @Test
    void burstsComeAgainAndSilenceIsSilent() {
        long[] starts = varying(true, piece(10, 0, 0), piece(5, 100, 100))
                .arrivals(Duration.ofSeconds(150), 3)
                .startNanos();

        for (int cycle = 0; cycle < 10; cycle++) {
            assertThat(between(starts, cycle * 15, cycle * 15 + 10)).isZero();
            isAbout(between(starts, cycle * 15 + 10, cycle * 15 + 15), 500);
        }
    }

    @Test
    void aConstantRateInPiecesIsAPoissonProcess() {
        long[] pieces = varying(true, piece(7, 50, 50))
                .arrivals(Duration.ofSeconds(100), 3)
                .startNanos();
        long[] whole = new Poisson(50).arrivals(Duration.ofSeconds(100), 3).startNanos();

        assertThat(pieces).hasSameSizeAs(whole);
        for (int i = 0; i < whole.length; i++) {
            assertThat(pieces[i]).isCloseTo(whole[i], within(2L));
        }
    }

    @Test
    void usersOfAClosedLoopBeginOneAfterTheOther() {
        Arrivals arrivals = new Closed(4, Duration.ofSeconds(2), Duration.ofSeconds(8)).arrivals(LONG, 1);

        assertThat(arrivals.startNanos()).containsExactly(0, 2_000_000_000L, 4_000_000_000L, 6_000_000_000L);
        assertThat(arrivals.repeating()).isTrue();
        assertThat(arrivals.pauseNanos()).isEqualTo(2_000_000_000L);
    }

    @Test
    void whatCannotBeOfferedIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> varying(true, piece(1, 0, 0)))
                .withMessageContaining("a rate above 0 somewhere");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Constant(100_000).arrivals(Duration.ofHours(1), 1))
                .withMessageContaining("360000000 requests");
        assertThatIllegalArgumentException().isThrownBy(() -> new Gamma(1, 0)).withMessageContaining("burstiness");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Closed(0))
                .withMessageContaining("users must be between 1 and 20000, got: 0");
    }
}
