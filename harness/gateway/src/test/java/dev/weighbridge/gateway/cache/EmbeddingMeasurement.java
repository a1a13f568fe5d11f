package dev.weighbridge.gateway.cache;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Prints how often hits are wrong at each threshold, without extra weight and with that for numbers, negations and names, one after
 * the other: what the standard weights and the standard threshold were chosen by.
 */
final class EmbeddingMeasurement {
    private static final List<HashedNgrams.Weights> WEIGHTS = List.of(
            HashedNgrams.Weights.PLAIN,
            new HashedNgrams.Weights(1, 0.25, 0.5, 3, 0, 0),
            new HashedNgrams.Weights(1, 0.25, 0.5, 3, 1.5, 0),
            HashedNgrams.Weights.STANDARD);

    private EmbeddingMeasurement() {}

    public static void main(String[] arguments) {
        List<Double> grid =
                IntStream.rangeClosed(35, 50).mapToObj(i -> i / 50.0).toList();
        List<Question> repetitive = QuestionLoad.repetitive(1, 4_000, 300, 1, 0.2);
        List<Question> unique = QuestionLoad.unique(2, 4_000);
        for (HashedNgrams.Weights weights : WEIGHTS) {
            for (int dimensions : new int[] {256, 512, 1024}) {
                Embedding embedding = new HashedNgrams(dimensions, weights);
                print("repetitive", embedding, repetitive, grid);
                print("unique", embedding, unique, grid);
            }
        }
    }

    private static void print(String name, Embedding embedding, List<Question> questions, List<Double> grid) {
        System.out.println(name + " " + embedding.id());
        for (CacheTrial.Row row : CacheTrial.replay(embedding, questions, grid, String::equals)) {
            System.out.printf(
                    Locale.ROOT,
                    "  %.2f lookups %d hits %d (%.1f %%) exact %d wrong %d (%.2f %% of hits)%n",
                    row.threshold(),
                    row.lookups(),
                    row.hits(),
                    100.0 * row.hits() / row.lookups(),
                    row.exactHits(),
                    row.wrong(),
                    row.hits() == 0 ? 0 : 100.0 * row.wrong() / row.hits());
        }
    }
}
