package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.core.run.ClientCalibration.Attempt;
import dev.weighbridge.results.TelemetrySample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientCalibrationTest {
    private static TelemetrySample sample(long busy, long client) {
        return new TelemetrySample(busy, 0, 0, busy, 0L, 0L, client, null, null, null, null, null);
    }

    /** @param share of the machine's busy time that was the client's */
    private static Attempt attempt(double requests, double events, double share) {
        return new Attempt(
                new Ceiling(requests, events), List.of(sample(0, 0), sample(1_000_000, (long) (1_000_000 * share))));
    }

    @Test
    void aWarmClientOnAQuietMachineIsMeasuredTwice() {
        Iterator<Attempt> attempts = List.of(
                        attempt(500, 9_000, 0.95), attempt(520, 8_900, 0.95), attempt(900, 20_000, 0.95))
                .iterator();
        assertThat(ClientCalibration.of(attempts::next)).isEqualTo(new Ceiling(520, 9_000));
        assertThat(attempts).hasNext();
    }

    @Test
    void aColdClientIsMeasuredUntilItDoesNoMore() {
        Iterator<Attempt> attempts = List.of(
                        attempt(500, 9_000, 0.95),
                        attempt(500, 13_000, 0.95),
                        attempt(700, 13_100, 0.95),
                        attempt(650, 14_000, 0.95))
                .iterator();
        assertThat(ClientCalibration.of(attempts::next)).isEqualTo(new Ceiling(700, 14_000));
    }

    @Test
    void aMachineThatIsTakenUpIsMeasuredAgainAndTheHighestStands() {
        Iterator<Attempt> attempts = List.of(
                        attempt(700, 4_000, 0.4), attempt(500, 9_000, 0.6), attempt(600, 8_000, 0.9))
                .iterator();
        assertThat(ClientCalibration.of(attempts::next)).isEqualTo(new Ceiling(700, 9_000));
        assertThat(attempts.hasNext()).as("the third attempt was quiet").isFalse();
    }

    @Test
    void aMachineThatIsNeverQuietIsNotMeasuredForEver() {
        Iterator<Attempt> attempts = List.of(
                        attempt(1, 1, 0.4),
                        attempt(1, 1, 0.4),
                        attempt(1, 1, 0.4),
                        attempt(2, 3, 0.4),
                        attempt(1, 1, 0.4),
                        attempt(9, 9, 0.4))
                .iterator();
        assertThat(ClientCalibration.of(attempts::next)).isEqualTo(new Ceiling(2, 3));
    }

    @Test
    void whereNothingIsCountedASettledMeasurementIsBelieved() {
        Attempt uncounted = new Attempt(
                new Ceiling(5, 6),
                List.of(
                        new TelemetrySample(0, 0, 0, null, null, null, null, null, null, null, null, null),
                        new TelemetrySample(1, 0, 0, null, null, null, null, null, null, null, null, null)));
        Iterator<Attempt> attempts = List.of(uncounted, uncounted).iterator();
        assertThat(ClientCalibration.of(attempts::next)).isEqualTo(new Ceiling(5, 6));
    }

    @Test
    void aCeilingThatIsKnownOfThisMachineIsMeasuredOnceMoreAndNeverLowered(@TempDir Path folder) throws IOException {
        Clock today = Clock.fixed(Instant.parse("2026-11-28T10:00:00Z"), ZoneOffset.UTC);
        KnownCeilings known = new KnownCeilings(folder, today);
        Iterator<Attempt> first =
                List.of(attempt(500, 9_000, 0.95), attempt(520, 8_900, 0.95)).iterator();
        assertThat(ClientCalibration.of(first::next, known, "machine")).isEqualTo(new Ceiling(520, 9_000));
        Iterator<Attempt> second =
                List.of(attempt(300, 9_500, 0.3), attempt(1, 1, 1)).iterator();
        assertThat(ClientCalibration.of(second::next, known, "machine")).isEqualTo(new Ceiling(520, 9_500));
        assertThat(second).as("one measurement is enough").hasNext();
        Iterator<Attempt> other =
                List.of(attempt(5, 6, 0.95), attempt(5, 6, 0.95)).iterator();
        assertThat(ClientCalibration.of(other::next, known, "another machine")).isEqualTo(new Ceiling(5, 6));

        Clock later = Clock.offset(today, Duration.ofDays(31));
        assertThat(new KnownCeilings(folder, later).find("machine")).isEmpty();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.writeString(file, "{damaged");
            }
        }
        assertThat(known.find("machine")).isEmpty();
    }
}
