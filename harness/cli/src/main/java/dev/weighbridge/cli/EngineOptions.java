package dev.weighbridge.cli;

import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.server.BatchingOption;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say how a model is to be opened. */
final class EngineOptions {
    private static final int MOST_THREADS = 1024;
    private static final int LONGEST_CONTEXT = 1 << 24;

    @Option(
            names = "--engine",
            paramLabel = "E",
            description = "Engine; see 'weighbridge engines'. Default: ${DEFAULT-VALUE}.")
    private String engine = "onnxruntime";

    @Option(
            names = "--precision",
            paramLabel = "P",
            description = "For example fp32, int8, int4, w8a8. Default: ${DEFAULT-VALUE}.")
    private String precision = "fp32";

    @Option(
            names = "--batching",
            paramLabel = "B",
            description = "none, static:8:20ms, dynamic:8:5ms or continuous:8. Default: ${DEFAULT-VALUE}.")
    private String batching = "continuous:8";

    @Option(names = "--device", paramLabel = "D", description = "auto, cpu or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "CPU threads of one forward pass. Default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(names = "--context", paramLabel = "N", description = "Context length in tokens; 0 takes the model's own.")
    private int context;

    String engine() {
        return engine;
    }

    /**
     * The specification for a model folder.
     *
     * @throws dev.weighbridge.core.ConfigException that names the option when one is wrong
     */
    EngineSpec spec(Path model, Path log) {
        return new EngineSpec(
                model,
                OptionValue.read("--precision", precision, Precision::of),
                OptionValue.read("--batching", batching, BatchingOption::parse),
                OptionValue.read("--device", device, DeviceRequest::parse),
                OptionValue.within("--threads", threads, 1, MOST_THREADS),
                OptionValue.within("--context", context, 0, LONGEST_CONTEXT),
                Caches.artifacts(),
                log);
    }
}
