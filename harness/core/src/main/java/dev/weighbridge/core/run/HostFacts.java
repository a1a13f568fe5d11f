package dev.weighbridge.core.run;

import dev.weighbridge.analysis.load.Share;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a manifest says of the machine, and the CPU time that the hypervisor took from it. */
final class HostFacts {
    private static final Path PROC_STAT = Path.of("/proc/stat");
    private static final int STEAL = 8;

    private HostFacts() {}

    static Map<String, String> describe() {
        Map<String, String> facts = new TreeMap<>();
        facts.put("os", System.getProperty("os.name"));
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("architecture", System.getProperty("os.arch"));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        long memory = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        facts.put("memory_bytes", Long.toString(memory));
        firstLine("/proc/cpuinfo", "model name").ifPresent(cpu -> facts.put("cpu", cpu));
        facts.put("gpu", Files.exists(Path.of("/proc/driver/nvidia/version")) ? "nvidia" : "none");
        firstLine("/proc/driver/nvidia/version", "NVRM version").ifPresent(driver -> facts.put("driver", driver));
        return facts;
    }

    /** Ticks of all CPUs: stolen ones and all; zeros where the system does not tell. */
    record CpuTicks(long stolen, long all) {
        static CpuTicks now() {
            try {
                String[] fields = Files.exists(PROC_STAT)
                        ? Files.readAllLines(PROC_STAT).get(0).split("\\s+")
                        : new String[0];
                long all = 0;
                for (int i = 1; i < fields.length && i <= STEAL; i++) {
                    all += Long.parseLong(fields[i]);
                }
                return new CpuTicks(fields.length > STEAL ? Long.parseLong(fields[STEAL]) : 0, all);
            } catch (IOException | NumberFormatException e) {
                return new CpuTicks(0, 0);
            }
        }

        /** Share of CPU time stolen since an earlier reading. */
        double stolenShareSince(CpuTicks earlier) {
            long passed = all - earlier.all;
            return passed <= 0 ? 0 : (double) (stolen - earlier.stolen) / passed;
        }
    }

    private static java.util.Optional<String> firstLine(String file, String prefix) {
        try {
            List<String> lines = Files.exists(Path.of(file)) ? Files.readAllLines(Path.of(file)) : List.of();
            return lines.stream()
                    .filter(line -> line.startsWith(prefix) && line.contains(":"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return java.util.Optional.empty();
        }
    }
}
