package dev.weighbridge.scoring.text;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Answers without what does not matter, by the rules of SQuAD's evaluation script (Rajpurkar et al., arXiv 1606.05250). */
public final class NormalizedText {
    private static final Pattern PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");
    private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern AROUND = Pattern.compile("^\\s++|(?<!\\s)\\s++$", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private NormalizedText() {}

    /** Small letters, no ASCII punctuation, no English articles, single spaces. */
    public static String of(String text) {
        String plain = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return String.join(" ", words(ARTICLES.matcher(plain).replaceAll(" ")));
    }

    /** The text without white space around it, as Python's {@code strip} takes it off. */
    static String strip(String text) {
        return AROUND.matcher(text).replaceAll("");
    }

    /** What white space separates; none of an empty text. */
    public static List<String> words(String text) {
        return Arrays.stream(SPACE.split(text.strip(), -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
