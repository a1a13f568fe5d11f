package dev.weighbridge.inference.local;

import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.inference.server.BatchingOption;
import dev.weighbridge.inference.server.ServerMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the Java process of one engine is launched: the same Java runtime and class path as this process, and
 * {@link ServerMain}.
 *
 * @param builder of the process, without its output
 * @param archive of classes it shares with its like
 * @param weightBytes size of the model's safetensors files
 */
record JavaLaunch(ProcessBuilder builder, ClassArchive archive, long weightBytes) {
    private static final Logger LOG = LoggerFactory.getLogger(JavaLaunch.class);
    private static final String OWN_OPTIONS = "WEIGHBRIDGE_ENGINE_JAVA_OPTS";
    private static final String COLLECTOR = "-XX:+UseSerialGC";
    private static final long MEBIBYTE = 1 << 20;
    private static final int BASE_HEAP_MEBIBYTES = 512;

    /**
     * @param report file for the {@link dev.weighbridge.inference.server.StartReport}
     */
    static JavaLaunch of(String engineId, EngineSpec spec, Path report) {
        return of(engineId, spec, report, System.getenv().getOrDefault(OWN_OPTIONS, ""));
    }

    /**
     * @param ownOptions of the user for the Java runtime, separated by blanks; they come last, so that they win
     */
    static JavaLaunch of(String engineId, EngineSpec spec, Path report, String ownOptions) {
        String classPath = Objects.requireNonNull(System.getProperty("java.class.path"), "java.class.path");
        long weights = weightBytes(spec.model());
        ClassArchive archive = ClassArchive.in(spec.cacheDirectory(), classPath, engineId);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(runtimeFlags(weights));
        command.addAll(archive.flags());
        command.addAll(words(ownOptions));
        // The Java runtime refuses two collectors.
        if (words(ownOptions).stream().anyMatch(option -> option.matches("-XX:\\+Use\\w+GC"))) {
            command.remove(COLLECTOR);
        }
        command.add(ServerMain.class.getName());
        command.addAll(serverOptions(engineId, spec, report));
        ProcessBuilder builder = new ProcessBuilder(command);
        environment(builder.environment(), classPath, spec.threads());
        return new JavaLaunch(builder, archive, weights);
    }

    private static List<String> runtimeFlags(long weights) {
        return List.of(
                // Weights are mapped or held by the native library; the heap holds one tensor at a time while it is
                // converted.
                "-Xmx" + (BASE_HEAP_MEBIBYTES + weights / MEBIBYTE) + "m",
                "-Xms64m",
                COLLECTOR,
                // The tensor library computes; the Java code around it gains less from the optimizing compiler
                // than that compiler takes from the cores while an engine is measured (scripts/cpu-per-request).
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                // An archive of classes that does not fit is ignored and no error.
                "-Xlog:disable",
                "-Xlog:all=error,cds*=off:stderr",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-Djava.awt.headless=true",
                "-Dfile.encoding=UTF-8");
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }

    private static List<String> serverOptions(String engineId, EngineSpec spec, Path report) {
        return List.of(
                "--engine", engineId,
                "--model", spec.model().toAbsolutePath().toString(),
                "--precision", spec.precision().id(),
                "--batching", BatchingOption.format(spec.batching()),
                "--device", spec.device().id(),
                "--threads", Integer.toString(spec.threads()),
                "--context", Integer.toString(spec.contextLength()),
                "--cache", spec.cacheDirectory().toAbsolutePath().toString(),
                "--ready-file", report.toString());
    }

    /** The class path goes by the environment, since a long one may not fit on a command line. */
    private static void environment(Map<String, String> environment, String classPath, int threads) {
        environment.put("CLASSPATH", classPath);
        environment.put("OPT_OUT_TRACKING", "true");
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("MKL_NUM_THREADS", Integer.toString(threads));
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        // On CUDA, libtorch 2.9 and newer would have cuDNN compile its attention anew for every length of a sequence.
        environment.put("TORCH_CUDNN_SDPA_DEPRIORITIZED", "1");
    }

    private static long weightBytes(Path model) {
        long bytes = 0;
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".safetensors"))
                    .toList()) {
                bytes += Files.size(file);
            }
        } catch (IOException e) {
            LOG.debug("size of {} is not known: {}", model, e.toString());
        }
        return bytes;
    }
}
