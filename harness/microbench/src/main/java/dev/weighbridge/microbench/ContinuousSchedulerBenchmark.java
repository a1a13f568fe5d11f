package dev.weighbridge.microbench;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchRow;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.sampling.TokenSampler;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Tokens a second of eight rows decoded greedily, through the continuous scheduler and by a bare loop over the same kind of
 * session. Both prefill eight prompts of eight tokens and decode 64 tokens for each.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ContinuousSchedulerBenchmark {
    private static final int ROWS = 8;
    private static final int PROMPT = 8;
    private static final int TOKENS = 64;

    @Param({"onnxruntime", "pytorch"})
    public String engine = "onnxruntime";

    @Param("datasets/models/weighbridge-demo")
    public String model = "";

    private final int[][] prompts = new int[ROWS][PROMPT];

    @SuppressWarnings("NullAway.Init") // JMH calls open() before any benchmark.
    private BatchScheduler scheduler;

    /** Loads the model on the scheduler's thread, which both ways of decoding use. */
    @Setup(Level.Trial)
    public void open() {
        Backend backend = BenchmarkBackend.named(engine);
        Checkpoint checkpoint = CheckpointReader.read(Path.of(model));
        String device = backend.resolveDevice(DeviceRequest.CPU);
        Backend.Artifact artifact = backend.compile(
                checkpoint,
                Precision.FP32,
                device,
                Path.of(System.getProperty("java.io.tmpdir"), "weighbridge-microbench-" + engine));
        scheduler = new BatchScheduler(
                () -> backend.load(artifact, device, ROWS + 1, 256, 1),
                new Batching(Batching.Policy.CONTINUOUS, ROWS, Duration.ZERO, ROWS * PROMPT),
                ROWS * 2);
        for (int row = 0; row < ROWS; row++) {
            for (int i = 0; i < PROMPT; i++) {
                prompts[row][i] = 3 + row * PROMPT + i;
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        scheduler.close();
    }

    /** Through the scheduler: eight rows are submitted and run to their end. */
    @Benchmark
    @OperationsPerInvocation(ROWS * TOKENS)
    public void scheduler() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(ROWS);
        for (int[] prompt : prompts) {
            scheduler.submit(new GreedyRow(prompt, ended));
        }
        ended.await();
    }

    /** The same work by a loop over the session that does nothing else. */
    @Benchmark
    @OperationsPerInvocation(ROWS * TOKENS)
    public int bareLoop() {
        return scheduler.exclusively(this::decode);
    }

    private int decode(DecoderSession session) {
        int vocabulary = session.vocabularySize();
        float[] logits = new float[vocabulary];
        int[] tokens = new int[ROWS];
        List<Segment> segments = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            segments.add(new Segment(row, 0, prompts[row], Segment.Wanted.LAST));
        }
        for (int pass = 0; pass < TOKENS; pass++) {
            FloatBuffer all = session.forward(segments);
            segments.clear();
            for (int row = 0; row < ROWS; row++) {
                all.get(row * vocabulary, logits);
                tokens[row] = TokenSampler.mostLikely(logits);
                segments.add(Segment.next(row, PROMPT + pass, tokens[row]));
            }
        }
        return tokens[0];
    }

    /** A row that takes the most likely token until it has enough. */
    private static final class GreedyRow implements BatchRow {
        private final int[] prompt;
        private final CountDownLatch ended;
        private int generated;

        GreedyRow(int[] prompt, CountDownLatch ended) {
            this.prompt = prompt;
            this.ended = ended;
        }

        @Override
        public int[] prompt() {
            return prompt;
        }

        @Override
        public int next(float[] logits) {
            int token = TokenSampler.mostLikely(logits);
            if (++generated == TOKENS) {
                ended.countDown();
                return END;
            }
            return token;
        }

        @Override
        public boolean cancelled() {
            return false;
        }

        @Override
        public void fail(EngineException failure) {
            throw failure;
        }
    }
}
