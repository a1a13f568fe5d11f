package dev.weighbridge.microbench;

import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Tokens a second of eight prompts, and of the tokens that go on eight answers, in one forward pass or in one each. */
@State(Scope.Benchmark)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ForwardBenchmark {
    private static final int ROWS = 8;
    private static final int PROMPT = 32;
    private static final int CONTEXT = 256;

    @Param({"onnxruntime", "pytorch"})
    public String engine = "onnxruntime";

    @Param
    public Mode mode = Mode.TOGETHER;

    @Param("datasets/models/weighbridge-demo")
    public String model = "";

    @Param("FP32")
    public Precision precision = Precision.FP32;

    @Param("1")
    public int threads = 1;

    private final List<List<Segment>> prompts = new ArrayList<>();
    private final List<List<Segment>> steps = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // JMH calls open() before any benchmark.
    private DecoderSession session;

    /** Which segments share a forward pass. */
    public enum Mode {
        TOGETHER,
        APART
    }

    /** Loads the model and fills every slot with a prompt. */
    @Setup(Level.Trial)
    public void open() {
        Backend backend = BenchmarkBackend.named(engine);
        Checkpoint checkpoint = CheckpointReader.read(Path.of(model));
        String device = backend.resolveDevice(DeviceRequest.CPU);
        Backend.Artifact artifact = backend.compile(
                checkpoint,
                precision,
                device,
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "weighbridge-microbench-" + engine + "-" + precision.id()));
        session = backend.load(artifact, device, ROWS, CONTEXT, threads);
        List<Segment> allPrompts = new ArrayList<>();
        List<Segment> allSteps = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            int[] tokens = new int[PROMPT];
            for (int i = 0; i < PROMPT; i++) {
                tokens[i] = 3 + row * PROMPT + i;
            }
            allPrompts.add(new Segment(row, 0, tokens, Wanted.LAST));
            allSteps.add(Segment.next(row, PROMPT, 3 + row));
        }
        prompts.addAll(passes(allPrompts));
        steps.addAll(passes(allSteps));
        session.forward(allPrompts);
    }

    @TearDown(Level.Trial)
    public void close() {
        session.close();
    }

    /** Eight prompts of 32 tokens. */
    @Benchmark
    @OperationsPerInvocation(ROWS * PROMPT)
    public void prefill(Blackhole results) {
        run(prompts, results);
    }

    /** Eight answers go on by a token each, over 32 tokens. */
    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void decode(Blackhole results) {
        run(steps, results);
    }

    private List<List<Segment>> passes(List<Segment> segments) {
        return mode == Mode.TOGETHER
                ? List.of(segments)
                : segments.stream().map(List::of).toList();
    }

    private void run(List<List<Segment>> passes, Blackhole results) {
        for (List<Segment> pass : passes) {
            FloatBuffer logits = session.forward(pass);
            results.consume(logits.get(0));
        }
    }
}
