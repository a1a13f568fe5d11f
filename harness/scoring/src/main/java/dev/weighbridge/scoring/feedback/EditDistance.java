package dev.weighbridge.scoring.feedback;

import dev.weighbridge.scoring.text.NormalizedText;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** How much of an answer a user changed: Levenshtein's distance on words, over the words of the longer text. */
final class EditDistance {
    /** Words of a text; the work grows with the product of both texts' words. */
    static final int MOST_WORDS = 5000;

    private EditDistance() {}

    /** From 0, nothing changed, to 1; of two empty texts 0; empty where a text has too many words. */
    static OptionalDouble of(String answer, String edited) {
        List<String> own = NormalizedText.words(answer);
        List<String> other = NormalizedText.words(edited);
        if (own.size() > MOST_WORDS || other.size() > MOST_WORDS) {
            return OptionalDouble.empty();
        }
        int longer = Math.max(own.size(), other.size());
        return OptionalDouble.of(longer == 0 ? 0 : (double) distance(own, other) / longer);
    }

    private static int distance(List<String> own, List<String> other) {
        int[] above = new int[other.size() + 1];
        Arrays.setAll(above, i -> i);
        for (int i = 1; i <= own.size(); i++) {
            int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = above[j - 1] + (own.get(i - 1).equals(other.get(j - 1)) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[other.size()];
    }
}
