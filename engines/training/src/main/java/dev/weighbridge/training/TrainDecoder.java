package dev.weighbridge.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.checkpoint.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Trains the demo model: {@code TrainDecoder <data folder> <model folder> <steps> <seed> <threads> [<schedule>]}.
 *
 * <p>The data folder holds {@code <task>.train.jsonl} and {@code <task>.test.jsonl}, lines with prompt and answer. The model
 * folder is written whenever the held-out score is taken, so an interrupted training leaves a usable model. A model folder that
 * holds a model is trained further, with its own tokenizer. The learning rate falls over {@code schedule} steps, by default all
 * of them; a training that ends before its schedule leaves a model that is still learning.
 */
public final class TrainDecoder {
    static final int CONTEXT_LENGTH = 256;
    private static final int VOCABULARY = 512;
    private static final int TOKENS = 2_560;
    private static final float PEAK_RATE = 2e-3f;
    private static final int WARM_UP_STEPS = 100;
    private static final int TOKENIZER_TEXTS = 4_000;
    private static final int SCORE_EVERY = 500;

    /** How often each task is drawn; extraction learns slowest. */
    private static final Map<String, Integer> DEMO_MIX = demoMix();

    private final DecoderShape definition;
    private final ModelFolder folder;
    private final Map<String, Integer> mix = new LinkedHashMap<>();
    private final TrainingData train;
    private final TrainingData test;
    private final int steps;
    private final long seed;
    private List<DecoderWeights.Weight> initial;
    private final int threads;
    private final int schedule;
    private final String earlier;

    private TrainDecoder(Path data, Path model, int steps, long seed, int threads, int schedule) throws IOException {
        this.steps = steps;
        this.seed = seed;
        this.threads = threads;
        this.schedule = schedule;
        folder = new ModelFolder(model);
        boolean goOn = Files.exists(folder.tokenizerFile());
        Map<String, List<String[]>> texts = TrainingData.read(data, "train");
        BytePairTrainer bytePairs = goOn
                ? new BytePairTrainer(
                        new ObjectMapper().readTree(folder.tokenizerFile().toFile()))
                : new BytePairTrainer(tokenizerTexts(texts), VOCABULARY);
        if (!goOn) {
            folder.writeTokenizer(bytePairs.json());
        }
        earlier = goOn ? folder.trainingOfCard() : "";
        definition = new DecoderShape(bytePairs.vocabularySize(), 128, 5, 4, 2, 32, 384, 1e-5, 10_000, CONTEXT_LENGTH);
        folder.writeConfiguration(definition);
        initial = DecoderWeights.initial(definition, seed);
        if (goOn) {
            Weights weights = CheckpointReader.read(model).weights();
            initial = initial.stream()
                    .map(w -> new DecoderWeights.Weight(w.role(), w.name(), w.shape(), weights.floats(w.role())))
                    .toList();
        }
        train = new TrainingData(texts, bytePairs);
        test = new TrainingData(TrainingData.read(data, "test"), bytePairs);
        train.tasks().forEach(task -> mix.put(task, DEMO_MIX.getOrDefault(task, 1)));
    }

    /** A part of each task's texts is enough to learn which bytes go together. */
    private static List<String> tokenizerTexts(Map<String, List<String[]>> texts) {
        List<String> flat = new ArrayList<>();
        texts.values().forEach(pairs -> pairs.stream().limit(TOKENIZER_TEXTS).forEach(p -> flat.add(p[0] + p[1])));
        return flat;
    }

    /** Runs the training; arguments as in the class comment. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 5 || arguments.length > 6) {
            throw new IllegalArgumentException(
                    "usage: TrainDecoder <data folder> <model folder> <steps> <seed> <threads> [<schedule>]");
        }
        new TrainDecoder(
                        Path.of(arguments[0]),
                        Path.of(arguments[1]),
                        Integer.parseInt(arguments[2]),
                        Long.parseLong(arguments[3]),
                        Integer.parseInt(arguments[4]),
                        Integer.parseInt(arguments[arguments.length == 6 ? 5 : 2]))
                .run();
    }

    private void run() throws IOException {
        long start = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        try (DecoderTrainer trainer = new DecoderTrainer(definition, initial, threads)) {
            double average = 0;
            for (int step = 1; step <= steps; step++) {
                float loss = trainer.step(train.draw(TOKENS, mix, random), rate(step));
                average = step == 1 ? loss : 0.98 * average + 0.02 * loss;
                if (step % 50 == 0 && step % SCORE_EVERY != 0) {
                    say("step %d loss %.4f, %.0f s", step, average, seconds(start));
                }
                if (step % SCORE_EVERY == 0 || step == steps) {
                    List<DecoderWeights.Weight> weights = trainer.weights();
                    folder.writeWeights(weights);
                    Map<String, Double> scores = ExactMatch.of(trainer, test);
                    say("step %d loss %.4f, %.0f s, exact match %s", step, average, seconds(start), shown(scores));
                    if (step == steps) {
                        finish(weights, scores, seconds(start));
                    }
                }
            }
        }
    }

    private void finish(List<DecoderWeights.Weight> weights, Map<String, Double> scores, double seconds)
            throws IOException {
        Map<String, Double> int4;
        try (DecoderTrainer quantized = new DecoderTrainer(definition, DecoderWeights.throughInt4(weights), threads)) {
            int4 = ExactMatch.of(quantized, test);
        }
        say("int4 exact match %s", shown(int4));
        long parameters = weights.stream().mapToLong(w -> w.values().length).sum();
        folder.writeCard(new ModelCard(definition, parameters, steps, TOKENS, seed, threads, seconds, train, test, mix)
                .text(scores, int4, earlier));
    }

    /** Linear warm-up, then a cosine down to a twentieth. */
    private float rate(int step) {
        double warm = Math.min(1, (double) step / WARM_UP_STEPS);
        double cosine = 0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * step / schedule));
        return (float) (PEAK_RATE * warm * cosine);
    }

    private static Map<String, Integer> demoMix() {
        Map<String, Integer> mix = new LinkedHashMap<>();
        mix.put("demo-arithmetic", 4);
        mix.put("demo-extraction", 3);
        mix.put("demo-sentiment", 1);
        mix.put("demo-sorting", 2);
        return mix;
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
