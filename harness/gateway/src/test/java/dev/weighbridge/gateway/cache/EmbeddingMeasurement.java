package dev.weighbridge.gateway.cache;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Prints how often hits are wrong at each threshold, with and without extra weight for numbers, negations and names. */
final class EmbeddingMeasurement {
    private EmbeddingMeasurement() {}

    public static void main(String[] arguments) {
        List<Double> grid =
                IntStream.rangeClosed(0, 20).mapToObj(i -> 0.60 + 0.02 * i).toList();
        List<Question> repetitive = QuestionLoad.repetitive(1, 4000, 300, 1, 0.2);
        List<Question> unique = QuestionLoad.unique(2, 4000);
        for (HashedNgrams.Weights weights : List.of(
                HashedNgrams.Weights.PLAIN,
                new HashedNgrams.Weights(1, 0.5, 1, 1, 0, 0),
                new HashedNgrams.Weights(1, 0.5, 1, 1, 0.5, 0),
                HashedNgrams.Weights.STANDARD,
                new HashedNgrams.Weights(1, 0.25, 0.5, 2, 1, 1),
                new HashedNgrams.Weights(1, 0.25, 0.5, 4, 2, 1))) {
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
