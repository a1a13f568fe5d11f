package dev.weighbridge.microbench;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.batching.BatchRow;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.sampling.TokenSampler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Gaps between the tokens of running answers, undisturbed and while a prompt of 400 tokens is computed among them, by how many
 * prompt tokens a pass may have. Prints a line for each bound; {@code scripts/prompt-stall} runs it.
 */
public final class PromptStall {
    private static final int ANSWERS = 4;
    private static final int ANSWER_TOKENS = 150;
    private static final int PROMPT = 400;
    private static final int SHORT_PROMPT = 8;
    private static final int CONTEXT = 640;

    private PromptStall() {}

    /**
     * Measures.
     *
     * @param arguments engine, model folder, and bounds on the prompt tokens of a pass
     */
    @SuppressWarnings("SystemOut") // A command of its own.
    public static void main(String[] arguments) throws InterruptedException {
        Backend backend = BenchmarkBackend.named(arguments[0]);
        Checkpoint checkpoint = CheckpointReader.read(Path.of(arguments[1]));
        String device = backend.resolveDevice(DeviceRequest.AUTO);
        Backend.Artifact artifact = backend.compile(
                checkpoint,
                Precision.FP32,
                device,
                Path.of(System.getProperty("java.io.tmpdir"), "weighbridge-prompt-stall-" + backend.id()));
        for (String bound : Arrays.asList(arguments).subList(2, arguments.length)) {
            Batching batching =
                    new Batching(Batching.Policy.CONTINUOUS, ANSWERS + 1, Duration.ZERO, Integer.parseInt(bound));
            try (BatchScheduler scheduler =
                    new BatchScheduler(() -> backend.load(artifact, device, ANSWERS + 2, CONTEXT, 1), batching, 16)) {
                measure(scheduler, 20, false);
                List<Double> alone = measure(scheduler, ANSWER_TOKENS, false);
                List<Double> disturbed = measure(scheduler, ANSWER_TOKENS, true);
                System.out.printf(
                        Locale.ROOT,
                        "%s, %s prompt tokens a pass: gap between tokens p50 %.1f ms, p99 %.1f ms; beside a prompt of %d"
                                + " p50 %.1f ms, p99 %.1f ms: %.2f times%n",
                        backend.id(),
                        bound,
                        percentile(alone, 0.5),
                        percentile(alone, 0.99),
                        PROMPT,
                        percentile(disturbed, 0.5),
                        percentile(disturbed, 0.99),
                        percentile(disturbed, 0.99) / percentile(alone, 0.99));
            }
        }
    }

    /** Gaps in milliseconds; of the answers that run beside the prompt only those that end while it is computed. */
    private static List<Double> measure(BatchScheduler scheduler, int tokens, boolean disturbed)
            throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(ANSWERS);
        List<TimedRow> rows = new ArrayList<>();
        for (int i = 0; i < ANSWERS; i++) {
            rows.add(new TimedRow(SHORT_PROMPT, tokens, ended));
        }
        rows.forEach(scheduler::submit);
        long from = 0;
        long to = Long.MAX_VALUE;
        if (disturbed) {
            while (rows.get(0).times.size() < tokens / 3) {
                Thread.sleep(1);
            }
            CountDownLatch through = new CountDownLatch(1);
            from = System.nanoTime();
            scheduler.submit(new TimedRow(PROMPT, 1, through));
            through.await();
            to = System.nanoTime();
        }
        ended.await();
        List<Double> gaps = new ArrayList<>();
        for (TimedRow row : rows) {
            for (int i = 1; i < row.times.size(); i++) {
                long at = row.times.get(i);
                if (at >= from && at <= to) {
                    gaps.add((at - row.times.get(i - 1)) / 1e6);
                }
            }
        }
        gaps.sort(null);
        return gaps;
    }

    private static double percentile(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, Math.ceil(share * sorted.size()) - 1));
    }

    /** A row that takes the most likely token and the time of each. */
    private static final class TimedRow implements BatchRow {
        private final int[] prompt;
        private final int tokens;
        private final CountDownLatch ended;
        private final List<Long> times = Collections.synchronizedList(new ArrayList<>());

        TimedRow(int promptTokens, int tokens, CountDownLatch ended) {
            this.prompt = new int[promptTokens];
            Arrays.setAll(prompt, i -> 5 + i % 200);
            this.tokens = tokens;
            this.ended = ended;
        }

        @Override
        public int[] prompt() {
            return prompt;
        }

        @Override
        public int next(float[] logits) {
            times.add(System.nanoTime());
            if (times.size() == tokens) {
                ended.countDown();
                return END;
            }
            return TokenSampler.mostLikely(logits);
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
