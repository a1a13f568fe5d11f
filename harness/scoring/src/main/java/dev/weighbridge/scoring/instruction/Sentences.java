package dev.weighbridge.scoring.instruction;

import dev.weighbridge.scoring.BoundedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sentences of an English text, by the rules of the Punkt tokenizer (Kiss and Strunk, Computational Linguistics 32(4), 2006) as
 * NLTK applies them, with the short lists below in place of what NLTK's trained model knows of abbreviations and beginnings.
 */
public final class Sentences {
    private static final Set<String> ABBREVIATIONS = Set.of(
            "mr", "mrs", "ms", "dr", "prof", "rev", "gen", "col", "capt", "lt", "sgt", "gov", "sen", "rep", "st", "jr",
            "sr", "vs", "etc", "inc", "ltd", "co", "corp", "dept", "est", "fig", "no", "vol", "ed", "eds", "pp",
            "approx", "e.g", "i.e", "u.s", "u.k", "u.n", "a.m", "p.m", "ph.d", "jan", "feb", "mar", "apr", "jun", "jul",
            "aug", "sep", "sept", "oct", "nov", "dec", "mt", "ave", "blvd");
    private static final Set<String> STARTERS = Set.of(
            "the", "a", "an", "he", "she", "it", "they", "we", "i", "you", "this", "that", "these", "those", "in", "on",
            "at", "but", "and", "however", "there", "when", "while", "if", "for", "as", "so", "his", "her", "its",
            "my");

    private static final String NON_WORD = "?!)\";}]*:@'({[";

    /** Where a sentence may end: a mark, and behind it other punctuation, or white space with the next word. */
    private static final Pattern END = Pattern.compile(
            "[.?!](?=(?<after>[?!)\";}\\]*:@'({\\[]|\\s+(?<next>\\S+)))", Pattern.UNICODE_CHARACTER_CLASS);

    /** Closing marks that belong to the sentence before them. */
    private static final Pattern CLOSING =
            Pattern.compile("[\"')\\]}]+?(?:\\s+|(?=--)|$)", Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE);

    private static final Pattern NUMBER = Pattern.compile("-?[.,]?\\d[\\d,.-]*");
    private static final int LONGEST_WORD = 1000;

    private Sentences() {}

    /** How many sentences a text has. */
    static long count(String text) {
        return of(text).size();
    }

    /**
     * The sentences of a text, without the white space around them.
     *
     * @throws dev.weighbridge.scoring.ScoringException when the text takes too long
     */
    public static List<String> of(String text) {
        List<int[]> slices = slices(text);
        List<String> sentences = new ArrayList<>();
        int realigned = 0;
        for (int i = 0; i < slices.size(); i++) {
            int start = slices.get(i)[0] + realigned;
            int end = slices.get(i)[1];
            if (i + 1 < slices.size()) {
                int[] next = slices.get(i + 1);
                Matcher closing = CLOSING.matcher(text).region(next[0], Math.max(next[0], next[1]));
                boolean closed = closing.lookingAt();
                realigned = closed ? closing.end() - next[0] : 0;
                if (closed) {
                    sentences.add(text.substring(Math.min(start, closing.end()), closing.end())
                            .strip());
                    continue;
                }
            }
            if (start < end) {
                sentences.add(text.substring(start, end).strip());
            }
        }
        return sentences;
    }

    private static List<int[]> slices(String text) {
        int length = text.stripTrailing().length();
        List<int[]> slices = new ArrayList<>();
        Matcher match = END.matcher(new BoundedText(text));
        int last = 0;
        int[] word = {0, 0};
        int[] open = null;
        String after = "";
        String next = null;
        int nextStart = -1;
        while (match.find()) {
            int start = wordStart(text, word[1], match.start());
            int[] own = {start < 0 ? word[0] : start, match.start()};
            if (open != null && word[1] <= own[0] && breaks(text.substring(word[0], word[1] + 1), after, next)) {
                slices.add(new int[] {last, word[1] + 1});
                last = next == null ? word[1] + 1 : nextStart;
            }
            open = own;
            word = own;
            after = match.group("after");
            next = match.group("next");
            nextStart = next == null ? -1 : match.start("next");
        }
        if (open != null && breaks(text.substring(word[0], word[1] + 1), after, next)) {
            slices.add(new int[] {last, word[1] + 1});
            last = next == null ? word[1] + 1 : nextStart;
        }
        slices.add(new int[] {last, length});
        return slices;
    }

    /** Where the word before a mark begins, looking back no further than to the mark before; −1 when no white space is between. */
    private static int wordStart(String text, int from, int mark) {
        for (int i = mark - 1; i > from && mark - i < LONGEST_WORD; i--) {
            if (Character.isWhitespace(text.charAt(i))) {
                return i + 1;
            }
        }
        return -1;
    }

    /** Whether a word with a mark at its end, and what follows, holds an end of a sentence with something behind it. */
    private static boolean breaks(String wordWithMark, String after, @Nullable String next) {
        for (int i = 0; i < wordWithMark.length(); i++) {
            if (wordWithMark.charAt(i) == '?' || wordWithMark.charAt(i) == '!') {
                return true;
            }
        }
        if (next == null) {
            return endsAt(wordWithMark, after);
        }
        // The next word is looked at with its own marks.
        for (int i = 0; i + 1 < next.length(); i++) {
            char mark = next.charAt(i);
            boolean wordEnds = NON_WORD.indexOf(next.charAt(i + 1)) >= 0;
            if (mark == '?'
                    || mark == '!'
                    || (mark == '.' && i > 0 && wordEnds && endsAt(next.substring(0, i + 1), ")"))) {
                return true;
            }
        }
        return endsAt(wordWithMark, firstToken(next));
    }

    private static boolean endsAt(String wordWithMark, String following) {
        int start = wordWithMark.length() - 1;
        while (start > 0
                && (wordWithMark.charAt(start) == '.' || NON_WORD.indexOf(wordWithMark.charAt(start)) < 0)
                && NON_WORD.indexOf(wordWithMark.charAt(start - 1)) < 0) {
            start--;
        }
        if (start > 0 && wordWithMark.charAt(start - 1) == '\'') {
            start--;
        }
        String token = wordWithMark.substring(start, wordWithMark.length() - 1);
        if (token.endsWith(".")) {
            return starts(following);
        }
        String plain = token.toLowerCase(Locale.ROOT);
        boolean initial = token.codePointCount(0, token.length()) == 1 && Character.isLetter(token.codePointAt(0));
        boolean abbreviation =
                ABBREVIATIONS.contains(plain) || ABBREVIATIONS.contains(plain.substring(plain.lastIndexOf('-') + 1));
        if (initial || NUMBER.matcher(plain).matches()) {
            boolean small = !following.isEmpty() && Character.isLowerCase(following.codePointAt(0));
            boolean large = !following.isEmpty() && Character.isUpperCase(following.codePointAt(0));
            return !(small || ".,;:!?".contains(following) || (initial && large));
        }
        return !abbreviation || starts(following);
    }

    private static String firstToken(String word) {
        int end = 1;
        while (end < word.length() && NON_WORD.indexOf(word.charAt(end)) < 0 && word.charAt(end) != ',') {
            end++;
        }
        return NON_WORD.indexOf(word.charAt(0)) >= 0 ? word.substring(0, 1) : word.substring(0, end);
    }

    private static boolean starts(String token) {
        String plain = token.toLowerCase(Locale.ROOT);
        return !token.isEmpty()
                && Character.isUpperCase(token.codePointAt(0))
                && STARTERS.contains(plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain);
    }
}
