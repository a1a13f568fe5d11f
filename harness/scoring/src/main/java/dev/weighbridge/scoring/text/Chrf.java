package dev.weighbridge.scoring.text;

import dev.weighbridge.scoring.Aggregation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * chrF (Popović, 2015) as sacrebleu computes it: runs of one to six characters without white space, recall weighted twice;
 * chrF++ adds runs of one and two words, with punctuation at the ends of words apart. Figures run from 0 to 100.
 */
public final class Chrf {
    private static final int CHARACTERS = 6;
    private static final double BETA_SQUARED = 4;
    private static final double TINY = 1e-16;
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    /** Corpus figure of chrF. */
    public static final Aggregation CHRF = new Aggregation("chrf", 3 * CHARACTERS, Chrf::figure);

    /** Corpus figure of chrF++. */
    public static final Aggregation CHRF_PLUS_PLUS = new Aggregation("chrf++", 3 * (CHARACTERS + 2), Chrf::figure);

    private Chrf() {}

    /**
     * What a sample adds to the corpus: for each length of runs those of the answer, of the reference, and in common; of several
     * references those of the one that the answer is closest to.
     *
     * @param references at least one
     * @param words 0 for chrF, 2 for chrF++
     */
    public static double[] statistics(String answer, List<String> references, int words) {
        double[] best = new double[0];
        double highest = Double.NEGATIVE_INFINITY;
        for (String reference : references) {
            double[] statistics = statistics(answer, reference, words);
            double figure = figure(statistics);
            if (figure > highest) {
                highest = figure;
                best = statistics;
            }
        }
        return best;
    }

    private static double[] statistics(String answer, String reference, int words) {
        double[] statistics = new double[3 * (CHARACTERS + words)];
        int[] own = SPACE.matcher(answer).replaceAll("").codePoints().toArray();
        int[] right = SPACE.matcher(reference).replaceAll("").codePoints().toArray();
        for (int n = 1; n <= CHARACTERS; n++) {
            put(statistics, n - 1, runs(own, n), runs(right, n));
        }
        List<String> ownWords = separated(answer);
        List<String> rightWords = separated(reference);
        for (int n = 1; n <= words; n++) {
            put(statistics, CHARACTERS + n - 1, Ngrams.of(ownWords, n), Ngrams.of(rightWords, n));
        }
        return statistics;
    }

    private static <T> void put(double[] statistics, int order, Map<T, Integer> own, Map<T, Integer> right) {
        int of = own.values().stream().mapToInt(Integer::intValue).sum();
        int reference = right.values().stream().mapToInt(Integer::intValue).sum();
        // The reference implementation counts an answer's runs only where the reference has any of that length.
        statistics[3 * order] = reference == 0 ? 0 : of;
        statistics[3 * order + 1] = reference;
        statistics[3 * order + 2] = Ngrams.common(own, right);
    }

    private static Map<String, Integer> runs(int[] points, int n) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= points.length; i++) {
            counts.merge(new String(points, i, n), 1, Integer::sum);
        }
        return counts;
    }

    /** Words with a punctuation mark at either end of them apart. */
    private static List<String> separated(String text) {
        List<String> separated = new ArrayList<>();
        for (String word : NormalizedText.words(text)) {
            int last = word.length() - 1;
            if (word.length() == 1) {
                separated.add(word);
            } else if (PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
                separated.add(word.substring(0, last));
                separated.add(word.substring(last));
            } else if (PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
                separated.add(word.substring(0, 1));
                separated.add(word.substring(1));
            } else {
                separated.add(word);
            }
        }
        return separated;
    }

    /** Mean precision and recall over the lengths that both texts have, then their F. */
    private static double figure(double[] sums) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int order = 0; order < sums.length / 3; order++) {
            double own = sums[3 * order];
            double right = sums[3 * order + 1];
            double common = sums[3 * order + 2];
            if (own > 0 && right > 0) {
                precision += common / own;
                recall += common / right;
                orders++;
            }
        }
        if (orders == 0) {
            return 0;
        }
        double p = precision / orders;
        double r = recall / orders;
        double below = BETA_SQUARED * p + r;
        return below > TINY ? 100 * (1 + BETA_SQUARED) * p * r / below : 0;
    }
}
