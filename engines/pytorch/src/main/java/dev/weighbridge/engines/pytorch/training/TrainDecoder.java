package dev.weighbridge.engines.pytorch.training;

import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Trains the demo model: {@code TrainDecoder <data folder> <model folder> <steps> <seed> <threads>}.
 *
 * <p>The data folder holds {@code <task>.train.jsonl} and {@code <task>.test.jsonl}, lines with prompt and answer, and
 * {@code origin.txt}, which says where they come from. The model folder is written whenever the held-out score is taken, so an
 * interrupted training leaves a usable model. Equal arguments and one thread give equal weights on equal hardware.
 */
public final class TrainDecoder {
    static final int CONTEXT_LENGTH = 256;
    static final int TOKENS = 2_560;
    static final float PEAK_RATE = 2e-3f;
    static final int WARM_UP_STEPS = 100;

    /** How often each task is drawn; the slower it is learned, the more. */
    static final Map<String, Integer> MIX =
            Map.of("demo-arithmetic", 5, "demo-extraction", 3, "demo-sentiment", 1, "demo-sorting", 1);

    private static final int VOCABULARY = 640;
    private static final int TOKENIZER_TEXTS = 4_000;
    private static final int SCORE_EVERY = 500;
    private static final int REPORT_EVERY = 50;

    private final String origin;
    private final DecoderDefinition definition;
    private final ModelFolder folder;
    private final TrainingData train;
    private final TrainingData test;
    private final int steps;
    private final long seed;
    private final int threads;

    private TrainDecoder(Path data, Path model, int steps, long seed, int threads) throws IOException {
        this.steps = steps;
        this.seed = seed;
        this.threads = threads;
        origin = Files.readString(data.resolve("origin.txt")).strip();
        folder = new ModelFolder(model);
        Map<String, List<List<TrainingData.Text>>> texts = TrainingData.read(data, "train");
        BytePairTrainer bytePairs = new BytePairTrainer(forTokenizer(texts), VOCABULARY);
        folder.writeTokenizer(bytePairs.json());
        definition = new DecoderDefinition(
                bytePairs.vocabularySize(), 128, 5, 4, 2, 32, 384, 1e-5, 10_000, CONTEXT_LENGTH, true);
        folder.writeConfiguration(definition);
        train = new TrainingData(texts, bytePairs);
        test = new TrainingData(TrainingData.read(data, "test"), bytePairs);
    }

    /** Runs the training; arguments as in the class comment. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 5) {
            throw new IllegalArgumentException(
                    "usage: TrainDecoder <data folder> <model folder> <steps> <seed> <threads>");
        }
        new TrainDecoder(
                        Path.of(arguments[0]),
                        Path.of(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Long.parseLong(arguments[3]),
                        Integer.parseInt(arguments[4]))
                .run();
    }

    private static List<String> forTokenizer(Map<String, List<List<TrainingData.Text>>> texts) {
        List<String> chosen = new ArrayList<>();
        texts.values()
                .forEach(pairs -> pairs.stream()
                        .limit(TOKENIZER_TEXTS)
                        .forEach(pair ->
                                chosen.add(pair.get(0).prompt() + pair.get(0).answer())));
        return chosen;
    }

    private void run() throws IOException {
        long start = System.nanoTime();
        Map<String, Integer> weights = new LinkedHashMap<>();
        train.tasks().forEach(task -> weights.put(task, MIX.getOrDefault(task, 1)));
        SplittableRandom random = new SplittableRandom(seed);
        try (DecoderTrainer trainer =
                new DecoderTrainer(definition, DecoderWeights.initial(definition, seed), Optional.empty(), threads)) {
            double average = 0;
            for (int step = 1; step <= steps; step++) {
                float loss = trainer.step(train.draw(TOKENS, weights, random), rate(step));
                if (!Float.isFinite(loss)) {
                    throw new IllegalStateException(
                            "the loss became " + loss + " at step " + step + ". Train with another seed.");
                }
                average = step == 1 ? loss : 0.98 * average + 0.02 * loss;
                if (step % REPORT_EVERY == 0 && step % SCORE_EVERY != 0) {
                    say("step %d loss %.4f, %.0f s", step, average, seconds(start));
                }
                if (step % SCORE_EVERY == 0 || step == steps) {
                    folder.writeWeights(trainer.weights());
                    Map<String, Double> scores = ExactMatch.of(trainer, test);
                    say("step %d loss %.4f, %.0f s, exact match %s", step, average, seconds(start), shown(scores));
                    if (step == steps) {
                        finish(trainer.weights(), scores, seconds(start));
                    }
                }
            }
        }
    }

    private void finish(List<DecoderWeights.Weight> weights, Map<String, Double> scores, double seconds)
            throws IOException {
        Map<String, Double> int4;
        try (DecoderTrainer quantized = new DecoderTrainer(
                definition,
                DecoderWeights.throughInt4(weights),
                Optional.of(DecoderWeights.throughInt4(weights.get(0).values())),
                threads)) {
            int4 = ExactMatch.of(quantized, test);
        }
        say("int4 exact match %s", shown(int4));
        long parameters = weights.stream().mapToLong(w -> w.values().length).sum();
        folder.writeCard(new ModelCard(definition, parameters, steps, seed, threads, seconds, origin)
                .text(train, test, scores, int4));
    }

    /** Linear warm-up, then a cosine down to a twentieth. */
    private float rate(int step) {
        double warm = Math.min(1, (double) step / WARM_UP_STEPS);
        double cosine = 0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * step / steps));
        return (float) (PEAK_RATE * warm * cosine);
    }

    private static String shown(Map<String, Double> scores) {
        StringBuilder text = new StringBuilder();
        scores.forEach((task, score) -> text.append(String.format(Locale.ROOT, " %s %.1f%%", task, score * 100)));
        return text.toString().strip();
    }

    private static double seconds(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static void say(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
