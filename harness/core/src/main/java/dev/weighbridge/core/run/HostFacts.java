package dev.weighbridge.core.run;

import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.core.telemetry.NvidiaDriver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a manifest says of the machine. */
final class HostFacts {
    private HostFacts() {}

    static Map<String, String> describe() {
        return describe(InstructionSets.ofThisMachine());
    }

    static Map<String, String> describe(InstructionSets sets) {
        Map<String, String> facts = new TreeMap<>();
        facts.put("os", System.getProperty("os.name"));
        facts.put("kernel", System.getProperty("os.version"));
        facts.put("architecture", System.getProperty("os.arch"));
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        long memory = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        facts.put("memory_bytes", Long.toString(memory));
        firstLine("/proc/cpuinfo", "model name").ifPresent(cpu -> facts.put("cpu", cpu));
        if (sets.known()) {
            facts.put("instruction_sets", sets.ofKernels());
        }
        facts.put("gpu", "none");
        NvidiaDriver.ofThisMachine().ifPresent(driver -> {
            facts.put("gpu", String.join(", ", driver.names()));
            driver.version().ifPresent(version -> facts.put("driver", version));
        });
        return facts;
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
