package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.kinds.Expressions;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What does not matter when a text is looked for in an answer: matches of regular expressions, capitals, and punctuation of any
 * script (Unicode's categories P).
 */
record Leniency(List<Pattern> ignored, boolean capitals, boolean punctuation) {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{P}");

    Leniency {
        ignored = List.copyOf(ignored);
    }

    /** By the options {@code ignore}, {@code capitals} and {@code punctuation}. */
    static Leniency of(ScorerOptions options) {
        return new Leniency(
                Expressions.compiled(options.texts("ignore"), "ignore"),
                options.flag("capitals", true),
                options.flag("punctuation", true));
    }

    /** The text without it. */
    String plain(String text) {
        String plain = text;
        for (Pattern pattern : ignored) {
            plain = pattern.matcher(new BoundedText(plain)).replaceAll("");
        }
        plain = capitals ? plain : plain.toLowerCase(Locale.ROOT);
        return punctuation ? plain : PUNCTUATION.matcher(plain).replaceAll("");
    }
}
