package dev.weighbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerClockTest {
    /** A clock that goes on by six milliseconds with each question: two on the way there, four on the way back. */
    private final AtomicLong here = new AtomicLong(1_795_000_000_123L);

    @ParameterizedTest
    @ValueSource(longs = {0, 37, -1_250, 86_400_000})
    void theOffsetIsFoundFromTheChangeOfTheSecond(long ahead) throws InterruptedException {
        assertThat(ServerClock.aheadMillis(
                                () -> {
                                    Instant there = Instant.ofEpochMilli(here.addAndGet(2) + ahead);
                                    here.addAndGet(4);
                                    return there.truncatedTo(ChronoUnit.SECONDS);
                                },
                                here::get,
                                0)
                        .orElseThrow())
                .isCloseTo((double) ahead, within(7.0));
    }

    @Test
    void aServerThatTellsNoTimeHasNoOffset() throws InterruptedException {
        assertThat(ServerClock.aheadMillis(() -> null, here::get, 0)).isEmpty();
        assertThat(ServerClock.aheadMillis(() -> Instant.EPOCH, here::get, 0)).isEmpty();
        assertThat(ServerClock.aheadMillis(
                        () -> {
                            throw new IOException("gone");
                        },
                        here::get,
                        0))
                .isEmpty();
    }
}
