package dev.weighbridge.cli;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.core.telemetry.NvidiaDriver;
import dev.weighbridge.results.Json;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks what this machine has for weighing models, and says what to do about what is missing. */
@Command(
        name = "doctor",
        description =
                "Check this machine: Java, cores, memory, disk, GPU, engines; says what to do about what is missing.",
        footer = {"", "Exit code 3 when no engine can run here.", "", "Example:", "  weighbridge doctor"})
final class DoctorCommand implements Callable<Integer> {
    private static final int LEAST_JAVA = 17;
    private static final long LEAST_MEMORY = 4L << 30;
    private static final long LEAST_DISK = 2L << 30;

    private final Terminal terminal;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * One thing that was looked at.
     *
     * @param name of it
     * @param good whether it is as it should be
     * @param finding what was seen
     * @param remedy what to do, empty when it is good
     */
    record Check(String name, boolean good, String finding, String remedy) {}

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        checks.add(java());
        checks.add(memory());
        checks.add(disk(Path.of("").toAbsolutePath()));
        checks.add(gpu());
        int engines = 0;
        for (EngineProvider provider : Engines.all()) {
            Availability availability = provider.probe();
            boolean good = availability instanceof Availability.Available;
            engines += good ? 1 : 0;
            checks.add(new Check(
                    "engine " + provider.id(),
                    good,
                    good
                            ? "version " + ((Availability.Available) availability).version()
                            : ((Availability.Unavailable) availability).reason(),
                    good ? "" : ((Availability.Unavailable) availability).remedy()));
        }
        print(checks);
        return engines == 0 ? ExitCode.ENGINE_UNAVAILABLE : ExitCode.GOOD;
    }

    private void print(List<Check> checks) {
        if (json) {
            Map<String, Object> report = new LinkedHashMap<>();
            report.put("checks", checks);
            terminal.line(Json.pretty(report).stripTrailing());
            return;
        }
        for (Check check : checks) {
            terminal.line(String.format(
                    Locale.ROOT, "%-4s %-22s %s", check.good() ? "ok" : "!", check.name(), check.finding()));
            if (!check.remedy().isEmpty()) {
                terminal.line(" ".repeat(28) + check.remedy());
            }
        }
    }

    private static Check java() {
        int feature = Runtime.version().feature();
        return new Check(
                "java",
                feature >= LEAST_JAVA,
                Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " cores, "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                feature >= LEAST_JAVA ? "" : "Install JDK 17 or newer.");
    }

    private static Check memory() {
        long bytes = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
        return new Check(
                "memory",
                bytes >= LEAST_MEMORY,
                gibibytes(bytes),
                bytes >= LEAST_MEMORY ? "" : "The quickstart needs up to 4 GiB; close other programs.");
    }

    private static Check disk(Path folder) {
        try {
            long bytes = Files.getFileStore(folder).getUsableSpace();
            return new Check(
                    "disk",
                    bytes >= LEAST_DISK,
                    gibibytes(bytes) + " free at " + folder,
                    bytes >= LEAST_DISK ? "" : "Native libraries and results need about 2 GiB.");
        } catch (IOException e) {
            return new Check("disk", false, "cannot be read at " + folder + ": " + e, "Run from a folder that exists.");
        }
    }

    /** A driver is what decides; whether an engine's build can use it is told by the engine when it opens a device. */
    private static Check gpu() {
        Optional<NvidiaDriver> driver = NvidiaDriver.ofThisMachine();
        boolean library = System.getenv("PYTORCH_LIBRARY_PATH") != null;
        if (driver.isEmpty()) {
            return new Check("gpu", true, "none: '--device auto' is the CPU here", "");
        }
        return new Check(
                "gpu",
                library,
                String.join(", ", driver.get().names())
                        + driver.get()
                                .version()
                                .map(version -> ", driver " + version)
                                .orElse("")
                        + (library ? ", libtorch at " + System.getenv("PYTORCH_LIBRARY_PATH") : ""),
                library
                        ? ""
                        : "The bundled engines are CPU builds. Set PYTORCH_LIBRARY_PATH=<libtorch>" + File.separator
                                + "lib and PYTORCH_FLAVOR=cu128 to use libtorch 2.7.1+cu128 of your own.");
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
