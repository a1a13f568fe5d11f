package dev.weighbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long is waited for a machine of two cores whose counters and clock the test moves. */
class QuietSpellTest {
    private static final long TICKS_PER_SECOND = 100;

    @TempDir
    Path root;

    private long nanos;
    private long busyTicks;
    private long quietAfterNanos = Long.MAX_VALUE;

    private void write() {
        try {
            Files.createDirectories(root.resolve("proc"));
            Files.writeString(root.resolve("proc/stat"), "cpu  " + busyTicks + " 0 0 4000 0 0 0 0\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the two cores is busy until the machine is quiet. */
    private QuietSpell spell(Duration patience) {
        return new QuietSpell(
                new MachineCounters(root),
                () -> nanos,
                time -> {
                    busyTicks += nanos < quietAfterNanos ? time.toMillis() * TICKS_PER_SECOND / 1000 : 0;
                    nanos += time.toNanos();
                    write();
                },
                2,
                patience);
    }

    private Duration waited(QuietSpell spell, Duration most) throws InterruptedException {
        long start = nanos;
        spell.await(most);
        return Duration.ofNanos(nanos - start);
    }

    @Test
    void aQuietMachineIsLookedAtOnce() throws InterruptedException {
        write();
        quietAfterNanos = 0;
        assertThat(waited(spell(Duration.ofMinutes(2)), Duration.ofSeconds(15))).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void theWaitEndsWhenTheOthersAreDone() throws InterruptedException {
        write();
        quietAfterNanos = Duration.ofSeconds(4).toNanos();
        assertThat(waited(spell(Duration.ofMinutes(2)), Duration.ofSeconds(15))).isEqualTo(Duration.ofMillis(4_500));
    }

    @Test
    void patienceEndsWithinOneWaitAndOverAllOfThem() throws InterruptedException {
        write();
        QuietSpell spell = spell(Duration.ofSeconds(25));
        assertThat(waited(spell, Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(15));
        assertThat(waited(spell, Duration.ofSeconds(15))).isEqualTo(Duration.ofSeconds(10));
        assertThat(waited(spell, Duration.ofSeconds(15))).isZero();
    }

    @Test
    void aMachineThatDoesNotTellIsNotWaitedFor() throws InterruptedException {
        assertThat(waited(spell(Duration.ofMinutes(2)), Duration.ofSeconds(15))).isZero();
    }
}
