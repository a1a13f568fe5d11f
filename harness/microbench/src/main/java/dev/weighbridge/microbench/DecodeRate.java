package dev.weighbridge.microbench;

import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How fast an engine's session decodes by itself, without server, sampler or text: the time of a pass that gives each of several
 * rows its next token, and of one that takes a prompt of 512. Prints a line for each precision and number of rows;
 * {@code scripts/decode-rate} runs it.
 */
public final class DecodeRate {
    private static final int PROMPT = 512;
    private static final int PAST = 128;
    private static final int PASSES = 100;
    private static final int CONTEXT = PAST + 2 * PASSES + PROMPT;

    private DecodeRate() {}

    /**
     * Measures.
     *
     * @param arguments engine, model folder, device, precisions, and numbers of rows, the last two with commas between
     */
    @SuppressWarnings("SystemOut") // A command of its own.
    public static void main(String[] arguments) {
        Backend backend = BenchmarkBackend.named(arguments[0]);
        Checkpoint checkpoint = CheckpointReader.read(Path.of(arguments[1]));
        String device = backend.resolveDevice(DeviceRequest.parse(arguments[2]));
        for (String name : arguments[3].split(",", -1)) {
            Precision precision = Precision.valueOf(name.toUpperCase(Locale.ROOT));
            Backend.Artifact artifact = backend.compile(
                    checkpoint,
                    precision,
                    device,
                    Path.of(System.getProperty("java.io.tmpdir"), "weighbridge-decode-rate-" + backend.id()));
            for (String rows : arguments[4].split(",", -1)) {
                int count = Integer.parseInt(rows);
                try (DecoderSession session = backend.load(artifact, device, count, CONTEXT, 1)) {
                    System.out.println(backend.id() + " " + backend.nativeVersion() + ", " + checkpoint.name() + ", "
                            + device + ", " + precision + ", " + measure(session, count, artifact.bytes()));
                }
            }
        }
    }

    private static String measure(DecoderSession session, int rows, long bytes) {
        int[] prompt = tokens(PROMPT, session.vocabularySize());
        double prefill = median(IntStream.range(0, 12)
                .mapToDouble(i -> seconds(session, List.of(new Segment(0, 0, prompt, Segment.Wanted.LAST))))
                .skip(3));
        for (int row = 0; row < rows; row++) {
            session.forward(List.of(new Segment(row, 0, Arrays.copyOf(prompt, PAST), Segment.Wanted.LAST)));
        }
        double step = median(IntStream.range(0, 2 * PASSES)
                .mapToDouble(i -> seconds(
                        session,
                        IntStream.range(0, rows)
                                .mapToObj(row -> Segment.next(row, PAST + i, 0))
                                .toList()))
                .skip(PASSES));
        return String.format(
                Locale.ROOT,
                "%d rows: %.2f ms a pass, %.0f tokens/s, weights read at %.1f GB/s; prompt of %d in %.1f ms, %.0f tokens/s",
                rows,
                step * 1e3,
                rows / step,
                bytes / step / 1e9,
                PROMPT,
                prefill * 1e3,
                PROMPT / prefill);
    }

    /** The logits are read, so that nothing that computes them in the background is left out. */
    private static double seconds(DecoderSession session, List<Segment> segments) {
        long start = System.nanoTime();
        FloatBuffer logits = session.forward(segments);
        float last = logits.get(logits.limit() - 1);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!Float.isFinite(last)) {
            throw new IllegalStateException("the model gives the logit " + last);
        }
        return seconds;
    }

    private static int[] tokens(int count, int vocabulary) {
        return IntStream.range(0, count).map(i -> (5 + 31 * i) % vocabulary).toArray();
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
