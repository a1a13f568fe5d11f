package dev.weighbridge.gateway.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What a semantic cache would have answered at each of some thresholds, and how often wrongly. Prompts that the embedding does not read
 * to their end are look-ups without a hit, as in the cache. The model is taken to be right and
 * the cache to be unbounded, of one scope, with an exact search; it starts empty.
 *
 * <p>The most similar of all earlier prompts would not do: a prompt that was answered from the cache is not put into it, so that
 * each threshold has a cache of its own. (Of A, B near A, and C near B but not near A, a cache that answers B from A has nothing
 * for C.) So one pass goes over the prompts, computes each similarity once, and keeps for each stored prompt the set of
 * thresholds in whose caches it is; each threshold's hit is the nearest of its own cache.
 */
public final class CacheTrial {
    /** Thresholds at a time: the bits of the set. */
    public static final int MOST_THRESHOLDS = 64;

    private final Embedding embedding;
    private final double[] thresholds;
    private final BiPredicate<String, String> sameAnswer;
    private final List<Stored> all = new ArrayList<>();
    private final Map<String, Stored> byPrompt = new HashMap<>();
    private final Row[] rows;

    private CacheTrial(Embedding embedding, double[] thresholds, BiPredicate<String, String> sameAnswer) {
        this.embedding = embedding;
        this.thresholds = thresholds;
        this.sameAnswer = sameAnswer;
        this.rows = Arrays.stream(thresholds)
                .mapToObj(threshold -> new Row(threshold, 0, 0, 0, 0))
                .toArray(Row[]::new);
    }

    /**
     * Counts at one threshold.
     *
     * @param threshold least similarity of a hit
     * @param lookups one for each question
     * @param hits exact ones among them
     * @param exactHits from an entry with the very same prompt
     * @param wrong hits whose answer is not the right one of the prompt that was asked
     */
    public record Row(double threshold, long lookups, long hits, long exactHits, long wrong) {
        private Row with(boolean hit, boolean exact, boolean wrongly) {
            return new Row(
                    threshold,
                    lookups + 1,
                    hits + (hit ? 1 : 0),
                    exactHits + (exact ? 1 : 0),
                    wrong + (wrongly ? 1 : 0));
        }
    }

    /**
     * An answered prompt.
     *
     * @param caches thresholds, as bits, in whose caches it is
     */
    private record Stored(float[] vector, String answer, long caches) {}

    /**
     * Asks the questions one after the other. Takes time with the square of the number of different prompts.
     *
     * @param thresholds in ascending order, above 0, at most 1, at most {@link #MOST_THRESHOLDS}
     * @param sameAnswer whether two answers say the same
     * @return one row for each threshold
     */
    public static List<Row> replay(
            Embedding embedding,
            List<Question> questions,
            List<Double> thresholds,
            BiPredicate<String, String> sameAnswer) {
        double[] grid = thresholds.stream().mapToDouble(Double::doubleValue).toArray();
        boolean ascending = true;
        for (int i = 0; i < grid.length; i++) {
            ascending &= grid[i] > (i == 0 ? 0 : grid[i - 1]) && grid[i] <= 1;
        }
        if (grid.length == 0 || grid.length > MOST_THRESHOLDS || !ascending) {
            throw new IllegalArgumentException("thresholds must be 1 to " + MOST_THRESHOLDS
                    + " ascending numbers above 0 and at most 1, got: " + thresholds);
        }
        CacheTrial trial = new CacheTrial(embedding, grid, sameAnswer);
        questions.forEach(trial::ask);
        return List.of(trial.rows);
    }

    private void ask(Question question) {
        Stored same = byPrompt.get(question.prompt());
        long exact = same == null ? 0 : same.caches();
        float[] vector = same == null ? embedding.of(question.prompt()) : same.vector();
        boolean read = embedding.reads(question.prompt());
        @Nullable Stored[] nearest = read ? nearest(vector, exact) : new Stored[thresholds.length];
        long missed = 0;
        for (int i = 0; i < thresholds.length; i++) {
            boolean isExact = (exact & bit(i)) != 0;
            Stored found = isExact ? same : nearest[i];
            boolean wrong = found != null && !sameAnswer.test(found.answer(), question.answer());
            rows[i] = rows[i].with(found != null, isExact, wrong);
            missed |= found == null ? bit(i) : 0;
        }
        // A prompt that was asked before is missed nowhere: it was stored then, or what answered it then is near it
        // now, too.
        if (missed != 0 && read) {
            Stored stored = new Stored(vector, question.answer(), missed);
            byPrompt.put(question.prompt(), stored);
            all.add(stored);
        }
    }

    /** For each threshold without an exact hit the nearest of its cache, the first stored one of equally near ones. */
    private @Nullable Stored[] nearest(float[] vector, long exact) {
        @Nullable Stored[] nearest = new Stored[thresholds.length];
        double[] best = new double[thresholds.length];
        long wanted = thresholds.length == MOST_THRESHOLDS ? ~exact : (bit(thresholds.length) - 1) & ~exact;
        for (Stored stored : all) {
            if ((stored.caches() & wanted) == 0) {
                continue;
            }
            double similarity = VectorIndex.similarity(vector, stored.vector());
            // Ascending thresholds: from the first that is above the similarity on, none is reached.
            for (int i = 0; i < thresholds.length && similarity >= thresholds[i]; i++) {
                if ((stored.caches() & wanted & bit(i)) != 0 && similarity > best[i]) {
                    best[i] = similarity;
                    nearest[i] = stored;
                }
            }
        }
        return nearest;
    }

    private static long bit(int index) {
        return 1L << index;
    }
}
