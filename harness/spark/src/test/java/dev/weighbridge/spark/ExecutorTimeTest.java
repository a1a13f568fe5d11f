package dev.weighbridge.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Time of executors that come and go. */
class ExecutorTimeTest {
    private final ExecutorTime time = new ExecutorTime();

    @Test
    void eachExecutorCountsFromItsComingToItsGoing() {
        time.added("1", 1_000);
        time.added("2", 4_000);
        assertThat(time.seconds(5_000)).isEqualTo(4 + 1);
        time.removed("1", 6_500);
        assertThat(time.seconds(10_000)).isEqualTo(5.5 + 6);
        time.added("1", 11_000);
        assertThat(time.seconds(12_000)).isEqualTo(5.5 + 8 + 1);
    }

    @Test
    void whatIsToldTwiceOrOfNobodyCountsOnce() {
        time.added("1", 1_000);
        time.added("1", 3_000);
        time.removed("7", 3_000);
        time.removed("1", 2_000);
        time.removed("1", 9_000);
        assertThat(time.seconds(10_000)).isEqualTo(1);
    }
}
