package dev.weighbridge.core.telemetry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Counters of a Linux machine, read from its {@code /proc} and control groups (proc(5), cgroups(7)); elsewhere nothing can be
 * read, and everything is absent.
 */
final class MachineCounters {
    private static final long MICROS_PER_TICK = 10_000;
    private static final int USER = 1;
    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;
    private static final int PAGE_BYTES = 4096;
    /** Fields of /proc/PID/stat after the command name, which may hold spaces and parentheses. */
    private static final int USER_TICKS_AFTER_NAME = 11;

    private final Path root;

    /**
     * Counters of a machine.
     *
     * @param root of the file system, {@code /} but in tests
     */
    MachineCounters(Path root) {
        this.root = root;
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
                            ? OptionalLong.of(Long.parseLong(fields[STEAL]) * MICROS_PER_TICK)
                            : OptionalLong.empty();
                    return new Cpu(busy * MICROS_PER_TICK, steal);
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
                        * MICROS_PER_TICK)
                : OptionalLong.empty();
    }

    /** Resident memory of one process in bytes. */
    OptionalLong residentBytes(long process) {
        return firstLine("proc/" + process + "/statm")
                .map(line -> line.split("\\s+", -1))
                .filter(fields -> fields.length > 1)
                .map(fields -> OptionalLong.of(Long.parseLong(fields[1]) * PAGE_BYTES))
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
