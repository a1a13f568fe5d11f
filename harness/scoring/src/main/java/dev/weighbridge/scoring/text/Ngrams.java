package dev.weighbridge.scoring.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts of the runs of n tokens in a text. */
final class Ngrams {
    private Ngrams() {}

    static Map<List<String>, Integer> of(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= tokens.size(); i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return counts;
    }

    /** Runs that both have, each as often as in the one that has it less often. */
    static <T> int common(Map<T, Integer> a, Map<T, Integer> b) {
        int common = 0;
        for (Map.Entry<T, Integer> entry : a.entrySet()) {
            common += Math.min(entry.getValue(), b.getOrDefault(entry.getKey(), 0));
        }
        return common;
    }
}
