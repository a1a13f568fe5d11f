package dev.weighbridge.scoring.text;

import dev.weighbridge.scoring.BoundedText;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Equality of an answer and a target after what does not matter is taken off both, in lm-evaluation-harness's order: matches of
 * regular expressions, capitals, ASCII punctuation, ASCII digits.
 *
 * @param ignored regular expressions whose matches do not matter
 * @param capitals whether capitals matter
 * @param punctuation whether punctuation matters
 * @param digits whether digits matter
 */
public record ExactMatch(List<Pattern> ignored, boolean capitals, boolean punctuation, boolean digits) {
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final Pattern DIGITS = Pattern.compile("[0-9]");

    public ExactMatch {
        ignored = List.copyOf(ignored);
    }

    /** Whether both are equal in what matters. */
    public boolean matches(String answer, String target) {
        return plain(answer).equals(plain(target));
    }

    private String plain(String text) {
        String plain = text;
        for (Pattern pattern : ignored) {
            plain = pattern.matcher(new BoundedText(plain)).replaceAll("");
        }
        plain = capitals ? plain : plain.toLowerCase(Locale.ROOT);
        plain = punctuation ? plain : PUNCTUATION.matcher(plain).replaceAll("");
        return digits ? plain : DIGITS.matcher(plain).replaceAll("");
    }
}
