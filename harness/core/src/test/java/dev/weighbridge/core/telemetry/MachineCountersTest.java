package dev.weighbridge.core.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.TelemetrySample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineCountersTest {
    @TempDir
    Path root;

    private void file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private MachineCounters counters() {
        return new MachineCounters(root);
    }

    @Test
    void busyTimeIsNeitherIdleNorWaitingNorStolen() throws IOException {
        file("proc/stat", "cpu  100 20 30 4000 500 6 7 80 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
        MachineCounters.Cpu cpu = counters().cpu().orElseThrow();
        assertThat(cpu.busyMicros()).isEqualTo((100 + 20 + 30 + 6 + 7) * 10_000L);
        assertThat(cpu.stealMicros()).hasValue(80 * 10_000L);
    }

    @Test
    void anOldKernelTellsNoSteal() throws IOException {
        file("proc/stat", "cpu  100 20 30 4000 500 6 7\n");
        assertThat(counters().cpu().orElseThrow().stealMicros()).isEmpty();
    }

    @Test
    void aProcessMayHaveAnyName() throws IOException {
        file(
                "proc/42/stat",
                "42 (a) 9 (odd name)) S 1 42 42 0 -1 4194304 500 0 0 0 123 45 0 0 20 0 30 0 100 1000000 250 1844\n");
        assertThat(counters().processMicros(42)).hasValue((123 + 45) * 10_000L);
        assertThat(counters().processMicros(43)).isEmpty();
    }

    @Test
    void throttlingIsReadFromBothVersionsOfControlGroups() throws IOException {
        file("sys/fs/cgroup/cpu/cpu.stat", "nr_periods 5\nnr_throttled 2\nthrottled_time 7000000\n");
        assertThat(counters().throttledMicros()).as("nanoseconds in version 1").hasValue(7_000);
        file("sys/fs/cgroup/cpu.stat", "usage_usec 99\nnr_throttled 2\nthrottled_usec 8000\n");
        assertThat(counters().throttledMicros()).hasValue(8_000);
    }

    @Test
    void memoryIsInBytes() throws IOException {
        file("proc/meminfo", "MemTotal:       100 kB\nMemAvailable:    64 kB\n");
        file("proc/42/statm", "1000 25 10 1 0 100 0\n");
        assertThat(counters().availableBytes()).hasValue(65_536);
        assertThat(counters().residentBytes(42)).hasValue(25 * 4096);
    }

    @Test
    void ticksAndPagesAreAsLongAsTheKernelSays() throws IOException {
        file("proc/stat", "cpu  100 0 0 4000 0 0 0 80\n");
        file("proc/42/statm", "1000 25 10 1 0 100 0\n");
        ByteBuffer vector = ByteBuffer.allocate(6 * Long.BYTES).order(ByteOrder.nativeOrder());
        vector.putLong(6).putLong(65_536).putLong(17).putLong(1_000).putLong(0).putLong(0);
        Files.createDirectories(root.resolve("proc/self"));
        Files.write(root.resolve("proc/self/auxv"), vector.array());
        MachineCounters.Cpu cpu = counters().cpu().orElseThrow();
        assertThat(cpu.busyMicros()).isEqualTo(100 * 1_000L);
        assertThat(cpu.stealMicros()).hasValue(80 * 1_000L);
        assertThat(counters().residentBytes(42)).hasValue(25 * 65_536);
    }

    @Test
    void whatCannotBeReadIsAbsentAndNotZero() {
        AtomicLong clock = new AtomicLong(5_000);
        TelemetryRecorder recorder = new TelemetryRecorder(
                counters(), List.of(42L), Optional.empty(), Optional.empty(), clock::get, () -> 9);
        recorder.sample(4_000);
        assertThat(recorder.samples())
                .containsExactly(
                        new TelemetrySample(5_000, 9, 1_000, null, null, null, null, null, null, null, null, null));
    }

    @Test
    void whatAServersProcessHadUsedWhenItEndedStaysCounted() throws IOException {
        String used = ") S 1 42 42 0 -1 4194304 500 0 0 0 %d 0 0 0 20 0 30 0 100 1000000 250 1844\n";
        file("proc/42/stat", "42 (main" + used.formatted(10));
        file("proc/43/stat", "43 (worker" + used.formatted(5));
        file("proc/42/statm", "1000 25 10 1 0 100 0\n");
        file("proc/43/statm", "1000 75 10 1 0 100 0\n");
        TelemetryRecorder recorder = new TelemetryRecorder(
                counters(), List.of(42L, 43L), Optional.empty(), Optional.empty(), () -> 0, () -> 0);
        recorder.sample(0);
        file("proc/42/stat", "42 (main" + used.formatted(20));
        Files.delete(root.resolve("proc/43/stat"));
        Files.delete(root.resolve("proc/43/statm"));
        recorder.sample(0);
        assertThat(recorder.samples())
                .extracting(TelemetrySample::serverCpuMicros)
                .containsExactly(150_000L, 250_000L);
        assertThat(recorder.samples())
                .extracting(TelemetrySample::serverResidentBytes)
                .containsExactly(100 * 4096L, 25 * 4096L);
    }

    @Test
    void everyInterfaceHasItsBytesInAndOut() throws IOException {
        assertThat(counters().network()).as("elsewhere than on Linux").isEmpty();
        file("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:    5000      10    0    0    0     0          0         0     5000      10    0    0    0     0       0          0
                eth0:1:9000000000 3 0 0 0 0 0 0 77 2 0 0 0 0 0 0
                """);
        assertThat(counters().network().orElseThrow())
                .isEqualTo(Map.of(
                        "lo", new TelemetrySample.Network(5_000, 5_000),
                        "eth0:1", new TelemetrySample.Network(9_000_000_000L, 77)));
    }
}
