package dev.weighbridge.scoring.sandbox;

import java.time.Duration;

/**
 * What one program may use.
 *
 * @param wall time until it is killed
 * @param cpu time of all its threads, whole seconds
 * @param memoryBytes of address space of each of its processes
 * @param diskBytes that it may write, in memory; also the longest file
 * @param files and folders that it may make, some sixty of which are there before
 * @param processes and threads at once
 */
public record SandboxLimits(Duration wall, Duration cpu, long memoryBytes, long diskBytes, int files, int processes) {
    /** What the tests of a small function need: 10 s, 5 s of CPU, 512 MiB, 16 MiB of files. */
    public static final SandboxLimits USUAL =
            new SandboxLimits(Duration.ofSeconds(10), Duration.ofSeconds(5), 512L << 20, 16L << 20, 1024, 16);

    public SandboxLimits {
        if (wall.toMillis() < 1
                || cpu.toSeconds() < 1
                || memoryBytes < 1 << 20
                || diskBytes < 1 << 16
                || files < 64
                || processes < 1) {
            throw new IllegalArgumentException(
                    "a sandbox needs time, at least 1 s of CPU, 1 MiB of memory, 64 KiB of files,"
                            + " 64 of them, and a process; got: " + wall + ", " + cpu + ", " + memoryBytes + ", "
                            + diskBytes + ", "
                            + files + ", " + processes);
        }
    }
}
