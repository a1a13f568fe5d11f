package dev.weighbridge.scoring.text;

import dev.weighbridge.scoring.Aggregation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BLEU (Papineni et al., 2002) as sacrebleu computes it by default (Post, 2018): tokens by mteval-v13a, runs of up to four, the
 * reference nearest in length, exponential smoothing of orders without a match. Figures run from 0 to 100.
 */
public final class Bleu {
    private static final int ORDERS = 4;
    private static final Pattern SYMBOLS = Pattern.compile("([\\{-\\~\\[-\\` -\\&\\(-\\+\\:-\\@\\/])");
    private static final Pattern MARK_AFTER_OTHER = Pattern.compile("([^0-9])([\\.,])");
    private static final Pattern MARK_BEFORE_OTHER = Pattern.compile("([\\.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private static final Pattern MARK_AFTER_NO_NUMBER = Pattern.compile("(\\P{N})(\\p{P})");
    private static final Pattern MARK_BEFORE_NO_NUMBER = Pattern.compile("(\\p{P})(\\P{N})");
    private static final Pattern SYMBOL = Pattern.compile("(\\p{S})");

    /** The corpus figure from the sum of the samples' {@link #statistics}. */
    public static final Aggregation CORPUS = new Aggregation("bleu", 2 + 2 * ORDERS, Bleu::figure);

    private Bleu() {}

    /** The tokens of mteval-v13a. */
    static List<String> tokens(String text) {
        String line = text.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
        if (line.indexOf('&') >= 0) {
            line = line.replace("&quot;", "\"")
                    .replace("&amp;", "&")
                    .replace("&lt;", "<")
                    .replace("&gt;", ">");
        }
        line = " " + line + " ";
        line = SYMBOLS.matcher(line).replaceAll(" $1 ");
        line = MARK_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
        line = MARK_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return NormalizedText.words(line);
    }

    /**
     * The tokens of mteval-v14 for any language: punctuation apart from what is no number beside it, and symbols apart.
     */
    static List<String> internationalTokens(String text) {
        String line = MARK_AFTER_NO_NUMBER.matcher(text).replaceAll("$1 $2 ");
        line = MARK_BEFORE_NO_NUMBER.matcher(line).replaceAll(" $1 $2");
        return NormalizedText.words(SYMBOL.matcher(line).replaceAll(" $1 "));
    }

    /** BLEU of an answer to one reference alone, from 0 to 100, by the tokens of mteval-v14 for any language. */
    public static double international(String answer, String reference) {
        return figure(statistics(internationalTokens(answer), List.of(internationalTokens(reference))));
    }

    /**
     * What a sample adds to the corpus: length of the answer, length of the nearest reference, matches by order, runs by order.
     *
     * @param references at least one
     */
    public static double[] statistics(String answer, List<String> references) {
        return statistics(tokens(answer), references.stream().map(Bleu::tokens).toList());
    }

    private static double[] statistics(List<String> own, List<List<String>> right) {
        double[] statistics = new double[2 + 2 * ORDERS];
        statistics[0] = own.size();
        statistics[1] = nearest(own.size(), right);
        for (int n = 1; n <= ORDERS; n++) {
            Map<List<String>, Integer> most = new HashMap<>();
            for (List<String> reference : right) {
                Ngrams.of(reference, n).forEach((run, count) -> most.merge(run, count, Math::max));
            }
            statistics[1 + n] = Ngrams.common(Ngrams.of(own, n), most);
            statistics[1 + ORDERS + n] = Math.max(0, own.size() - n + 1);
        }
        return statistics;
    }

    private static int nearest(int length, List<List<String>> references) {
        List<Integer> lengths =
                new ArrayList<>(references.stream().map(List::size).toList());
        lengths.sort((a, b) -> Math.abs(a - length) != Math.abs(b - length)
                ? Integer.compare(Math.abs(a - length), Math.abs(b - length))
                : Integer.compare(a, b));
        return lengths.get(0);
    }

    private static double figure(double[] sums) {
        double smoothing = 1;
        double logs = 0;
        boolean any = false;
        for (int n = 1; n <= ORDERS; n++) {
            any |= sums[1 + n] > 0;
        }
        if (!any) {
            return 0;
        }
        for (int n = 1; n <= ORDERS; n++) {
            double total = sums[1 + ORDERS + n];
            if (total == 0) {
                return 0;
            }
            double matches = sums[1 + n];
            if (matches == 0) {
                smoothing *= 2;
            }
            logs += Math.log(matches == 0 ? 100 / (smoothing * total) : 100 * matches / total);
        }
        double brevity = sums[0] < sums[1] ? sums[0] > 0 ? Math.exp(1 - sums[1] / sums[0]) : 0 : 1;
        return brevity * Math.exp(logs / ORDERS);
    }
}
