package dev.weighbridge.analysis.load;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.TelemetrySample;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DisturbanceTest {
    private static final long MILLI = 1_000_000;
    private static final long ORIGIN = 7_000_000_000L;
    /** The steady window is from 1 to 3 s after the origin. */
    private static final Circumstances WINDOW =
            new Circumstances(ORIGIN, 1_000 * MILLI, 3_000 * MILLI, true, false, false, null, null, 2, null);

    private static TelemetrySample sample(int tick, long stealMicros, long throttledMicros, long lateNanos) {
        return new TelemetrySample(
                ORIGIN + tick * 100L * MILLI,
                1_000_000 + tick * 100L,
                lateNanos,
                tick * 100_000L,
                stealMicros,
                throttledMicros,
                tick * 20_000L,
                tick * 80_000L,
                null,
                null,
                null,
                null);
    }

    /** Four seconds, a sample every 100 ms, one of two cores busy. */
    private static List<TelemetrySample> samples(LongUnaryOperator stealByTick, LongUnaryOperator throttledByTick) {
        return IntStream.rangeClosed(0, 40)
                .mapToObj(t -> sample(t, stealByTick.applyAsLong(t), throttledByTick.applyAsLong(t), 0))
                .toList();
    }

    private static LoadJudgement.Machine judge(List<TelemetrySample> samples, @Nullable Double tightest) {
        return new Disturbance(samples, WINDOW, tightest).judge();
    }

    @Test
    void stealIsHeldAgainstBusyTimeAndNotAgainstAllTime() {
        // 12 ms of steal beside 100 ms of busy time: 10.7 % of what was wanted, though only 6 % of two cores' time.
        LoadJudgement.Machine machine = judge(samples(t -> t * 12_000, t -> 0), null);
        assertThat(machine.disturbs()).singleElement().satisfies(reason -> {
            assertThat(reason.code()).isEqualTo(Reason.Code.STEAL);
            assertThat(reason.figure()).isCloseTo(12.0 / 112, within(1e-9));
        });
    }

    @Test
    void stealOfAFewPercentIsFlaggedAndCounts() {
        LoadJudgement.Machine machine = judge(samples(t -> t * 5_000, t -> 0), null);
        assertThat(machine.disturbs()).isEmpty();
        assertThat(machine.flags()).extracting(Reason::code).containsExactly(Reason.Code.STEAL);
    }

    @Test
    void whatHappensOutsideTheSteadyWindowSaysNothing() {
        LongUnaryOperator atTheStart = t -> Math.min(t, 8) * 90_000;
        assertThat(judge(samples(atTheStart, t -> 0), null)).isEqualTo(LoadJudgement.Machine.QUIET);
    }

    @Test
    void throttlingOfTheContainerDisturbs() {
        LoadJudgement.Machine machine = judge(samples(t -> 0, t -> t * 5_000), null);
        assertThat(machine.disturbs()).extracting(Reason::code).containsExactly(Reason.Code.THROTTLED);
    }

    /** Client and server take as much as ever, others so much more of two cores. */
    private static List<TelemetrySample> besides(double others) {
        return samples(t -> 0, t -> 0).stream()
                .map(s -> new TelemetrySample(
                        s.nanos(),
                        s.epochMillis(),
                        0,
                        Math.round(requireNonNull(s.busyMicros()) * (1 + 2 * others)),
                        0L,
                        0L,
                        s.clientCpuMicros(),
                        s.serverCpuMicros(),
                        null,
                        null,
                        null,
                        null))
                .toList();
    }

    @Test
    void otherProcessesThatTakeTheMachineDisturb() {
        assertThat(judge(besides(0.12), null).disturbs()).singleElement().satisfies(reason -> {
            assertThat(reason.code()).isEqualTo(Reason.Code.OTHER_PROCESSES);
            assertThat(reason.figure()).isCloseTo(0.12, within(1e-9));
        });
    }

    @Test
    void otherProcessesThatTakeLittleOfAllCoresDoNotDisturbALoadThatTakesLittleItself() {
        List<TelemetrySample> light = besides(0.05).stream()
                .map(s -> new TelemetrySample(
                        s.nanos(),
                        s.epochMillis(),
                        0,
                        requireNonNull(s.busyMicros())
                                - requireNonNull(s.clientCpuMicros())
                                - requireNonNull(s.serverCpuMicros()),
                        0L,
                        0L,
                        0L,
                        0L,
                        null,
                        null,
                        null,
                        null))
                .toList();
        assertThat(judge(light, null).disturbs())
                .as("all of the busy time, and 5 %% of the machine")
                .isEmpty();
    }

    @Test
    void aStallOfTheClientDisturbsWhenItIsLongerThanTheTightestObjective() {
        List<TelemetrySample> samples = new ArrayList<>(samples(t -> 0, t -> 0));
        samples.set(20, sample(20, 0, 0, 60 * MILLI));
        assertThat(judge(samples, 50.0).disturbs()).extracting(Reason::code).containsExactly(Reason.Code.CLIENT_STALL);
        assertThat(judge(samples, 100.0).disturbs()).isEmpty();
    }

    @Test
    void clocksThatDisagreeDisturb() {
        List<TelemetrySample> samples = new ArrayList<>(samples(t -> 0, t -> 0));
        for (int i = 25; i < samples.size(); i++) {
            TelemetrySample s = samples.get(i);
            samples.set(
                    i,
                    new TelemetrySample(
                            s.nanos(),
                            s.epochMillis() + 5_000,
                            0,
                            s.busyMicros(),
                            0L,
                            0L,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null));
        }
        assertThat(judge(samples, null).disturbs()).extracting(Reason::code).containsExactly(Reason.Code.CLOCK_JUMP);
    }

    @Test
    void aMachineThatDoesNotTellIsNotJudged() {
        List<TelemetrySample> silent = IntStream.rangeClosed(0, 40)
                .mapToObj(t -> new TelemetrySample(
                        ORIGIN + t * 100L * MILLI, t * 100L, 0, null, null, null, null, null, null, null, null, null))
                .toList();
        assertThat(judge(silent, 50.0)).isEqualTo(LoadJudgement.Machine.QUIET);
        assertThat(judge(List.of(), 50.0)).isEqualTo(LoadJudgement.Machine.QUIET);
        assertThat(new Disturbance(silent, WINDOW, null).measurements(OptionalDouble.empty()))
                .isEmpty();
    }

    @Test
    void processorTimeIsAShareOfAllCores() {
        List<Measurement> figures =
                new Disturbance(samples(t -> 0, t -> 0), WINDOW, null).measurements(OptionalDouble.empty());
        assertThat(figures)
                .extracting(Measurement::name)
                .containsExactly("steal_share", "client_cpu_share", "server_cpu_share");
        assertThat(figures.get(1).value()).as("20 of 200 ms").isCloseTo(0.1, within(1e-9));
        assertThat(figures.get(2).value()).as("80 of 200 ms").isCloseTo(0.4, within(1e-9));
    }
}
