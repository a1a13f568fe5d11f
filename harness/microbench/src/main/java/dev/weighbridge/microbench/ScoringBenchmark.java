package dev.weighbridge.microbench;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.InferenceService;
import dev.weighbridge.inference.backend.Backend;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Questions a second with four choices each, which share a context: its log-likelihoods computed once, or once a choice. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ScoringBenchmark {
    private static final String CONTEXT =
            "review: the food was cold and the waiter forgot us twice, but the view of the harbour was lovely"
                    + " and the bread was warm. we would go again on a sunny day, and we would book a table by the window.\nsentiment:";
    private static final List<String> TEXTS =
            List.of(CONTEXT + " positive", CONTEXT + " negative", CONTEXT + " neutral", CONTEXT + " mixed");

    @Param({"onnxruntime", "pytorch"})
    public String engine = "onnxruntime";

    @Param("datasets/models/weighbridge-demo")
    public String model = "";

    @SuppressWarnings("NullAway.Init") // JMH calls open() before any benchmark.
    private InferenceService service;

    @Setup(Level.Trial)
    public void open() {
        Backend backend = BenchmarkBackend.named(engine);
        service = InferenceService.open(
                backend,
                new EngineSpec(
                        Path.of(model),
                        Precision.FP32,
                        Batching.continuous(8),
                        DeviceRequest.CPU,
                        1,
                        0,
                        Path.of(System.getProperty("java.io.tmpdir"), "weighbridge-microbench"),
                        Path.of(System.getProperty("java.io.tmpdir"), "weighbridge-microbench.log")));
    }

    @TearDown(Level.Trial)
    public void close() {
        service.close();
    }

    @Benchmark
    public Object together() {
        return service.score(TEXTS, 1);
    }

    @Benchmark
    public Object apart() {
        return TEXTS.stream().map(text -> service.score(text, 1)).toList();
    }
}
