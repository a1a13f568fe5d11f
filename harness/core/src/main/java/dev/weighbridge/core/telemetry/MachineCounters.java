package dev.weighbridge.core.telemetry;

import dev.weighbridge.results.TelemetrySample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Counters of a Linux machine, read from its {@code /proc} and control groups (proc(5), cgroups(7)); elsewhere nothing can be
 * read, and everything is absent.
 */
final class MachineCounters {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;
    private static final int SENT_BYTES = 8;
    /** A machine of containers has one for each of them; beyond so many they would outweigh the samples. */
    private static final int MOST_INTERFACES = 32;
    /** Keys of the auxiliary vector, and what nearly every kernel says of them (getauxval(3)). */
    private static final long AT_PAGESZ = 6;

    private static final long AT_CLKTCK = 17;
    private static final long USUAL_PAGE_BYTES = 4096;
    private static final long USUAL_TICKS_PER_SECOND = 100;
    /** Fields of /proc/PID/stat after the command name, which may hold spaces and parentheses. */
    private static final int USER_TICKS_AFTER_NAME = 11;

    private final Path root;
    private final long pageBytes;
    private final long microsPerTick;

    /**
     * Counters of a machine.
     *
     * @param root of the file system, {@code /} but in tests
     */
    MachineCounters(Path root) {
        this.root = root;
        pageBytes = auxiliary(AT_PAGESZ).orElse(USUAL_PAGE_BYTES);
        microsPerTick = MICROS_PER_SECOND / auxiliary(AT_CLKTCK).orElse(USUAL_TICKS_PER_SECOND);
    }

    /** A value above 0 of what the kernel tells every process at its start: pairs of 64-bit words, key before value. */
    private OptionalLong auxiliary(long key) {
        try {
            LongBuffer words = ByteBuffer.wrap(Files.readAllBytes(root.resolve("proc/self/auxv")))
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
            while (words.remaining() > 1) {
                long found = words.get();
                long value = words.get();
                if (found == key && value > 0) {
                    return OptionalLong.of(value);
                }
            }
        } catch (IOException e) {
            // Elsewhere than on Linux there is no such file, and nothing that would be counted in its units.
            return OptionalLong.empty();
        }
        return OptionalLong.empty();
    }

    /**
     * CPU time of all cores.
     *
     * @param busyMicros neither idle nor stolen
     * @param stealMicros absent on kernels that do not tell
     */
    record Cpu(long busyMicros, OptionalLong stealMicros) {}

    Optional<Cpu> cpu() {
        return firstLine("proc/stat")
                .map(line -> line.split("\\s+", -1))
                .filter(f -> f.length > IOWAIT)
                .map(fields -> {
                    long busy = 0;
                    for (int i = USER; i < Math.min(fields.length, STEAL); i++) {
                        busy += i == IDLE || i == IOWAIT ? 0 : Long.parseLong(fields[i]);
                    }
                    OptionalLong steal = fields.length > STEAL
                            ? OptionalLong.of(Long.parseLong(fields[STEAL]) * microsPerTick)
                            : OptionalLong.empty();
                    return new Cpu(busy * microsPerTick, steal);
                });
    }

    /** CPU time of one process with all of its threads. */
    OptionalLong processMicros(long process) {
        Optional<String> line = firstLine("proc/" + process + "/stat");
        if (line.isEmpty()) {
            return OptionalLong.empty();
        }
        String[] fields =
                line.get().substring(line.get().lastIndexOf(')') + 1).strip().split("\\s+", -1);
        return fields.length > USER_TICKS_AFTER_NAME + 1
                ? OptionalLong.of((Long.parseLong(fields[USER_TICKS_AFTER_NAME])
                                + Long.parseLong(fields[USER_TICKS_AFTER_NAME + 1]))
                        * microsPerTick)
                : OptionalLong.empty();
    }

    /** Resident memory of one process in bytes. */
    OptionalLong residentBytes(long process) {
        return firstLine("proc/" + process + "/statm")
                .map(line -> line.split("\\s+", -1))
                .filter(fields -> fields.length > 1)
                .map(fields -> OptionalLong.of(Long.parseLong(fields[1]) * pageBytes))
                .orElse(OptionalLong.empty());
    }

    /** Memory that can be had without swapping, in bytes. */
    OptionalLong availableBytes() {
        OptionalLong kibibytes = value(lines("proc/meminfo"), "MemAvailable:");
        return kibibytes.isPresent() ? OptionalLong.of(kibibytes.getAsLong() * 1024) : kibibytes;
    }

    /** Time for which the container was throttled: version 2 of control groups first, then version 1, which counts nanoseconds. */
    OptionalLong throttledMicros() {
        OptionalLong second = value(lines("sys/fs/cgroup/cpu.stat"), "throttled_usec");
        if (second.isPresent()) {
            return second;
        }
        OptionalLong first = value(lines("sys/fs/cgroup/cpu/cpu.stat"), "throttled_time");
        return first.isPresent() ? OptionalLong.of(first.getAsLong() / 1000) : first;
    }

    /**
     * Bytes through each interface of this process's network namespace (proc_pid_net(5): after the name come eight figures of what was
     * received, bytes first, and eight of what was sent); absent where there is no such file.
     */
    Optional<Map<String, TelemetrySample.Network>> network() {
        Map<String, TelemetrySample.Network> interfaces = new TreeMap<>();
        for (String line : lines("proc/net/dev")) {
            int colon = line.lastIndexOf(':');
            String[] fields = line.substring(colon + 1).strip().split("\\s+", -1);
            if (colon > 0 && fields.length > SENT_BYTES && interfaces.size() < MOST_INTERFACES) {
                interfaces.put(
                        line.substring(0, colon).strip(),
                        new TelemetrySample.Network(Long.parseLong(fields[0]), Long.parseLong(fields[SENT_BYTES])));
            }
        }
        return interfaces.isEmpty() ? Optional.empty() : Optional.of(interfaces);
    }

    private static OptionalLong value(List<String> lines, String key) {
        return lines.stream()
                .map(line -> line.split("\\s+", -1))
                .filter(fields -> fields.length > 1 && fields[0].equals(key))
                .mapToLong(fields -> Long.parseLong(fields[1]))
                .findFirst();
    }

    private Optional<String> firstLine(String file) {
        return lines(file).stream().findFirst();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
