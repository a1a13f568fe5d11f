package dev.weighbridge.scoring.text;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Exact match and F1 of DROP (Dua et al., arXiv 1903.00161) as lm-evaluation-harness 0.4.13 computes them
 * ({@code tasks/drop/utils.py}): words in small letters without punctuation and articles, numbers as floating-point numbers, and an
 * answer that must share a number with the right one where that has any.
 *
 * @param exact 1 where the answer is one of the right ones, else 0
 * @param f1 of different words with the best right answer, to two digits
 */
public record DropMatch(double exact, double f1) {
    private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern APART = Pattern.compile("[ -]");
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final double HUNDRED = 100;

    /**
     * Compares an answer with right ones.
     *
     * @param answers each a list of spans that together are the answer; one whose first span is blank counts for nothing
     */
    public static DropMatch of(String answer, List<List<String>> answers) {
        String own = normalized(answer);
        Set<String> ownWords = words(own);
        double exact = 0;
        double f1 = 0;
        for (List<String> right : answers) {
            if (!right.isEmpty() && !NormalizedText.strip(right.get(0)).isEmpty()) {
                List<String> spans = right.stream().map(DropMatch::normalized).toList();
                exact = Math.max(exact, spans.size() == 1 && spans.get(0).equals(own) ? 1 : 0);
                f1 = Math.max(f1, f1(ownWords, spans));
            }
        }
        return new DropMatch(exact, f1);
    }

    /** The one answer is aligned with the span that it is nearest to; the other spans count as missed. */
    private static double f1(Set<String> own, List<String> spans) {
        double best = 0;
        for (String span : spans) {
            Set<String> right = words(span);
            if (sharesNumber(right, own)) {
                best = Math.max(best, f1(own, right));
            }
        }
        return Math.rint(best / spans.size() * HUNDRED) / HUNDRED;
    }

    private static double f1(Set<String> own, Set<String> right) {
        Set<String> common = new HashSet<>(own);
        common.retainAll(right);
        double precision = own.isEmpty() ? 1 : common.size() / (double) own.size();
        double recall = right.isEmpty() ? 1 : common.size() / (double) right.size();
        return precision == 0 && recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    private static boolean sharesNumber(Set<String> right, Set<String> own) {
        Set<String> numbers = new HashSet<>(right);
        numbers.removeIf(word -> PythonFloat.of(word).isEmpty());
        return numbers.isEmpty() || numbers.stream().anyMatch(own::contains);
    }

    private static Set<String> words(String normalized) {
        return new HashSet<>(NormalizedText.words(normalized));
    }

    static String normalized(String text) {
        List<String> tokens = new ArrayList<>();
        for (String part : APART.split(text, -1)) {
            String lower = part.toLowerCase(Locale.ROOT);
            String plain = PythonFloat.of(lower).isPresent()
                    ? lower
                    : PUNCTUATION.matcher(lower).replaceAll("");
            if (PythonFloat.of(plain).isPresent()) {
                plain = PythonFloat.text(PythonFloat.of(plain).getAsDouble());
            }
            List<String> words = NormalizedText.words(ARTICLES.matcher(plain).replaceAll(" "));
            if (!words.isEmpty()) {
                tokens.add(String.join(" ", words));
            }
        }
        return String.join(" ", tokens);
    }
}
