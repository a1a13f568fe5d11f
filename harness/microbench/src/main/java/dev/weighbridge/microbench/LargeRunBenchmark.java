package dev.weighbridge.microbench;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import dev.weighbridge.testkit.MeasuredRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Figures, decision and report of a run with a million requests of 32 tokens on file, in a heap of 1 GB: seconds from cold, as
 * a user waits for them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC", "-Djava.awt.headless=true"})
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class LargeRunBenchmark {
    private static final int REQUESTS = 1_000_000;
    private static final int TOKENS = 32;
    private static final long MICROSECOND = 1_000;
    private static final long SPACING = 1_000 * MICROSECOND;

    @SuppressWarnings("NullAway.Init") // JMH calls write() before any benchmark.
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private RunDirectory run;

    @SuppressWarnings("NullAway.Init")
    private Trial trial;

    /** Writes the run. */
    @Setup(Level.Trial)
    public void write() throws IOException {
        folder = Files.createTempDirectory("large-run");
        Variant baseline = variant("fp32");
        Variant other = variant("int8");
        run = MeasuredRun.in(
                        folder,
                        "large",
                        "run",
                        List.of(baseline, other),
                        List.of("demo-sentiment"),
                        UnaryOperator.identity())
                .whole(baseline, 4, 20, 20.5, 19.8)
                .whole(other, 5, 30, 30.4, 29.7)
                .directory();
        try (TrialFolder trialFolder = run.begin("million")) {
            Random random = new Random(7);
            for (int index = 0; index < REQUESTS; index++) {
                trialFolder.request(request(index, random));
            }
            trial = trialFolder.commit(trial(other));
        }
    }

    private static Variant variant(String precision) {
        return new Variant(
                "m~onnxruntime~" + precision + "~none", "m", "onnxruntime", precision, "none", "none", "auto", "cpu-2");
    }

    private static RequestTiming request(int index, Random random) {
        long intended = index * SPACING;
        long[] chunks = new long[TOKENS];
        int[] tokens = new int[TOKENS];
        long time = intended + random.nextInt(100_000) * MICROSECOND;
        for (int i = 0; i < TOKENS; i++) {
            time += random.nextInt(40_000) * MICROSECOND;
            chunks[i] = time;
            tokens[i] = 1;
        }
        return new RequestTiming(
                index,
                intended,
                intended + 50 * MICROSECOND,
                chunks,
                tokens,
                time + 20 * MICROSECOND,
                20,
                TOKENS,
                Outcome.COMPLETED,
                200,
                null,
                index,
                TOKENS);
    }

    private static Trial trial(Variant variant) {
        long end = REQUESTS * SPACING;
        return new Trial(
                Trial.SCHEMA_VERSION,
                "million",
                variant,
                new Workload(Workload.Kind.LOAD_OPEN, "steady"),
                1,
                1,
                1,
                Trial.Status.COMPLETED,
                List.of(),
                List.of(),
                List.of(MeasuredRun.figure("achieved_rate", 1_000, "requests/s", REQUESTS)),
                new Circumstances(0, end / 10, end, true, false, true, null, null, 2, null),
                Map.of("version", "1.0", "device", "cpu"),
                "2026-03-02T03:10:00Z",
                1_000);
    }

    /** Removes the run. */
    @TearDown(Level.Trial)
    public void delete() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** All figures of the million requests, made again from their records. */
    @Benchmark
    public Object figures() {
        return LoadFigures.read(run, trial).measurements();
    }

    /** The same, then decision and report of the run. */
    @Benchmark
    public Object figuresDecisionAndReport() {
        return List.of(LoadFigures.read(run, trial).measurements(), RunView.of(run), ReportWriter.write(run));
    }
}
