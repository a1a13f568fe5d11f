package dev.weighbridge.scoring.instruction;

import dev.weighbridge.scoring.BoundedText;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of a text, counted as the checker of IFEval counts them with NLTK. */
final class Words {
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern APART = Pattern.compile(
            "[;@#$%&?!*()\\[\\]{}<>«»“”‘’„`\"\\u2012-\\u2015]|--|\\.{2,}|[,:](?!\\d)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern CLITIC =
            Pattern.compile("(?<=[^' ])(?:'[sSmMdD]|'ll|'LL|'re|'RE|'ve|'VE|n't|N'T)(?=\\s|$|\\.\\s*$)");
    private static final Pattern CONTRACTED = Pattern.compile(
            "\\b(can)(not)\\b|\\b(gim|lem)(me)\\b|\\b(gon|wan)(na)\\b|\\b(got)(ta)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private Words() {}

    /** Runs of letters, digits and underscores. */
    static long count(String text) {
        return WORD.matcher(text).results().count();
    }

    /** Tokens all of whose letters are capitals, at least one; clitics as in {@code DON'T} are tokens of their own. */
    static long capitals(String text) {
        String spaced = APART.matcher(new BoundedText(text)).replaceAll(" ");
        spaced = CLITIC.matcher(new BoundedText(spaced)).replaceAll(" $0 ");
        spaced = CONTRACTED.matcher(spaced).replaceAll(Words::separated);
        long capitals = 0;
        for (String token : SPACE.split(spaced, -1)) {
            capitals += allCapitals(token) ? 1 : 0;
        }
        return capitals;
    }

    private static String separated(MatchResult match) {
        StringBuilder parts = new StringBuilder();
        for (int group = 1; group <= match.groupCount(); group++) {
            if (match.group(group) != null) {
                parts.append(' ').append(Matcher.quoteReplacement(match.group(group)));
            }
        }
        return parts.append(' ').toString();
    }

    /** Python's {@code isupper}: a letter with case is there, and all such letters are capitals. */
    static boolean allCapitals(String text) {
        return text.codePoints().anyMatch(Words::cased)
                && text.codePoints().filter(Words::cased).allMatch(Character::isUpperCase);
    }

    /** Python's {@code islower}. */
    static boolean allSmall(String text) {
        return text.codePoints().anyMatch(Words::cased)
                && text.codePoints().filter(Words::cased).allMatch(Character::isLowerCase);
    }

    private static boolean cased(int point) {
        return Character.isUpperCase(point) || Character.isLowerCase(point) || Character.isTitleCase(point);
    }
}
