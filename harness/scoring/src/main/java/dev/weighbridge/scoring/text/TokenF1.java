package dev.weighbridge.scoring.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Overlap of the words of an answer and a reference, after {@link NormalizedText}. */
public final class TokenF1 {
    private TokenF1() {}

    /**
     * F1 of the words as SQuAD's script counts them: each as often as it is there. Where one side has no words, 1 if neither has.
     */
    public static double ofMultisets(String answer, String reference) {
        List<String> own = NormalizedText.words(NormalizedText.of(answer));
        List<String> right = NormalizedText.words(NormalizedText.of(reference));
        if (own.isEmpty() || right.isEmpty()) {
            return own.isEmpty() && right.isEmpty() ? 1 : 0;
        }
        Map<String, Integer> left = new HashMap<>();
        right.forEach(word -> left.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : own) {
            if (left.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        return f1(common, own.size(), right.size());
    }

    /** F1 of the different words, as HELM and lighteval count them. */
    public static double ofSets(String answer, String reference) {
        Set<String> own = new HashSet<>(NormalizedText.words(NormalizedText.of(answer)));
        Set<String> right = new HashSet<>(NormalizedText.words(NormalizedText.of(reference)));
        if (own.isEmpty() || right.isEmpty()) {
            return own.isEmpty() && right.isEmpty() ? 1 : 0;
        }
        Set<String> common = new HashSet<>(own);
        common.retainAll(right);
        return f1(common.size(), own.size(), right.size());
    }

    private static double f1(int common, int own, int right) {
        return common == 0 ? 0 : 2.0 * common / (own + right);
    }
}
