package dev.weighbridge.scoring.sandbox;

import java.time.Duration;
import java.util.Objects;

/**
 * What one run may use. All limits hold for the program with every process it starts, except CPU time
 * and file size, which the kernel counts per process; wall time and disk bound their sums.
 *
 * @param wall wall time, 100 ms to 1 hour
 * @param cpu CPU time of one process, whole seconds, at least 1
 * @param memoryBytes memory, 64 MiB to 64 GiB; for Java, the heap
 * @param fileBytes size of one file, at least 4 KiB
 * @param diskBytes size of the working folder, which is memory too, at least 64 KiB
 * @param files files in the working folder at once, at least 16
 * @param processes processes and threads at once, 1 to 4096; a Java program's virtual machine may use 64 more
 * @param outputBytes bytes on each of standard output and standard error, 1 KiB to 16 MiB
 * @param sourceBytes bytes of the program's source as UTF-8, 1 to 64 MiB
 */
public record SandboxLimits(
        Duration wall,
        Duration cpu,
        long memoryBytes,
        long fileBytes,
        long diskBytes,
        int files,
        int processes,
        int outputBytes,
        int sourceBytes) {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /** Checks that every limit lies in its range. */
    public SandboxLimits {
        Objects.requireNonNull(wall, "wall");
        Objects.requireNonNull(cpu, "cpu");
        within("Wall time in ms", wall.toMillis(), 100, 3_600_000);
        within("CPU time in s", cpu.toSeconds(), 1, 3_600);
        if (!cpu.equals(Duration.ofSeconds(cpu.toSeconds()))) {
            throw new IllegalArgumentException("CPU time must be whole seconds, not " + cpu);
        }
        within("Memory in bytes", memoryBytes, 64 * MIB, 65_536 * MIB);
        within("File size in bytes", fileBytes, 4 * KIB, 65_536 * MIB);
        within("Disk in bytes", diskBytes, 64 * KIB, 65_536 * MIB);
        within("Files", files, 16, 1_000_000);
        within("Processes", processes, 1, 4096);
        within("Output in bytes", outputBytes, KIB, 16 * MIB);
        within("Source in bytes", sourceBytes, 1, 64 * MIB);
    }

    /**
     * Limits in which every reference solution of HumanEval and MBPP has ample room: 10 s of wall and CPU
     * time, 512 MiB of memory, files of 16 MiB in a folder of 32 MiB, 1000 files, 16 processes, 64 KiB of
     * output, 1 MiB of source.
     */
    public static SandboxLimits defaults() {
        return new SandboxLimits(
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                512 * MIB,
                16 * MIB,
                32 * MIB,
                1000,
                16,
                (int) (64 * KIB),
                (int) MIB);
    }

    /**
     * These limits with another time.
     *
     * @param time wall time, and CPU time when rounded up to whole seconds
     */
    public SandboxLimits withTime(Duration time) {
        Duration seconds = Duration.ofSeconds(time.plusNanos(999_999_999).toSeconds());
        return new SandboxLimits(
                time, seconds, memoryBytes, fileBytes, diskBytes, files, processes, outputBytes, sourceBytes);
    }

    /**
     * These limits with another memory.
     *
     * @param bytes memory in bytes
     */
    public SandboxLimits withMemoryBytes(long bytes) {
        return new SandboxLimits(wall, cpu, bytes, fileBytes, diskBytes, files, processes, outputBytes, sourceBytes);
    }

    private static void within(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value
                    + "; choose a limit in that range");
        }
    }
}
