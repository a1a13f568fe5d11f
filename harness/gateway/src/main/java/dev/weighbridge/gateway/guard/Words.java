package dev.weighbridge.gateway.guard;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.tartarus.snowball.ext.EnglishStemmer;

/**
 * The words of a text in the form in which phrases are compared: compatibility forms and unseen characters as
 * {@link FoldedText} treats them, small letters without accents, letters of other scripts that look like Latin ones as these,
 * digits and signs amid letters as the letters they stand for ({@code b0mb}), letters that stand alone in a row as one word
 * ({@code b o m b}, {@code b.o.m.b}), and the stem by Snowball's English stemmer. Words that carry no topic, such as "the", are
 * left out.
 */
final class Words {
    /** Words that carry no topic. */
    static final Set<String> STOP_WORDS = Set.of(
            "a", "an", "the", "my", "your", "his", "her", "our", "their", "some", "any", "this", "that", "these",
            "those", "of");

    private static final Map<Character, Character> LOOKALIKES = lookalikes();
    private static final int SPELLED = 3;

    /**
     * A word.
     *
     * @param stem it is compared by
     * @param withoutArticle stem of it without a first letter "a" that may be a word of its own; otherwise the stem again
     * @param letters it stands there with, folded
     * @param spelled whether its letters stood alone
     * @param place of its first character in the original text
     */
    record Word(String stem, String withoutArticle, String letters, boolean spelled, int place) {
        boolean is(String other) {
            return stem.equals(other) || withoutArticle.equals(other);
        }
    }

    private Words() {}

    static List<Word> of(String text) {
        FoldedText folded = FoldedText.of(text);
        String form = folded.text();
        List<Word> words = new ArrayList<>();
        List<int[]> tokens = tokens(form);
        EnglishStemmer stemmer = new EnglishStemmer();
        int at = 0;
        while (at < tokens.size()) {
            int end = spelledUntil(form, tokens, at);
            boolean spelled = end - at >= SPELLED;
            end = spelled ? end : at + 1;
            StringBuilder letters = new StringBuilder();
            for (int[] token : tokens.subList(at, end)) {
                letters.append(form, token[0], token[1]);
            }
            String word = letters(letters.toString());
            if (!word.isEmpty() && !STOP_WORDS.contains(word)) {
                int place =
                        folded.finding("", tokens.get(at)[0], tokens.get(at)[1]).start();
                String stem = stem(stemmer, word);
                boolean article = spelled && word.startsWith("a");
                words.add(new Word(stem, article ? stem(stemmer, word.substring(1)) : stem, word, spelled, place));
            }
            at = end;
        }
        return words;
    }

    /** Ranges of letters, digits, and the signs that stand for letters where a letter is on either side. */
    private static List<int[]> tokens(String form) {
        List<int[]> tokens = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= form.length(); i++) {
            boolean inside = i < form.length() && inWord(form, i);
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                tokens.add(new int[] {start, i});
                start = -1;
            }
        }
        return tokens;
    }

    private static boolean inWord(String form, int i) {
        char c = form.charAt(i);
        if (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || mark(c)) {
            return true;
        }
        boolean sign = c == '@' || c == '$';
        boolean apostrophe = c == '\'' || c == '\u2019';
        return (sign || apostrophe)
                && i > 0
                && i + 1 < form.length()
                && Character.isLetter(form.charAt(i - 1))
                && Character.isLetter(form.charAt(i + 1));
    }

    /** Where the row of lone letters that begins here ends: one sign or blank, the same kind of gap, lies between each two. */
    private static int spelledUntil(String form, List<int[]> tokens, int from) {
        int at = from;
        while (at < tokens.size() && lone(form, tokens.get(at)) && (at == from || gap(tokens, at) == 1)) {
            at++;
        }
        return at;
    }

    private static int gap(List<int[]> tokens, int at) {
        return tokens.get(at)[0] - tokens.get(at - 1)[1];
    }

    private static boolean lone(String form, int[] token) {
        int letters = 0;
        for (int i = token[0]; i < token[1]; i++) {
            letters += mark(form.charAt(i)) ? 0 : 1;
        }
        return letters == 1;
    }

    private static boolean mark(char c) {
        return Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private static String letters(String token) {
        String small = Normalizer.normalize(token.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
        boolean anyLetter = small.chars().anyMatch(Character::isLetter);
        StringBuilder word = new StringBuilder(small.length());
        for (int i = 0; i < small.length(); i++) {
            char c = small.charAt(i);
            if (mark(c) || c == '\'' || c == '\u2019') {
                continue;
            }
            char alike = LOOKALIKES.getOrDefault(c, c);
            word.append(anyLetter ? meant(alike) : alike);
        }
        return word.toString();
    }

    private static char meant(char c) {
        return switch (c) {
            case '0' -> 'o';
            case '1' -> 'i';
            case '3' -> 'e';
            case '4', '@' -> 'a';
            case '5', '$' -> 's';
            case '7' -> 't';
            default -> c;
        };
    }

    private static String stem(EnglishStemmer stemmer, String word) {
        stemmer.setCurrent(word);
        stemmer.stem();
        return stemmer.getCurrent();
    }

    /** Small letters that look like Latin ones in common fonts: Cyrillic, Greek, and Latin ones from beyond ASCII. */
    private static Map<Character, Character> lookalikes() {
        String from = "аеорсухіјѕһԁԛԝвкмнтзαοεικνρτυχγβɑɡıſᴏᴀʙᴄᴅᴇᴍɴʀꜱᴛ";
        String to = "aeopcyxijshdqwbkmhtzaoeikvptuxybagisoabcdemnrst";
        Map<Character, Character> alike = new HashMap<>();
        for (int i = 0; i < from.length(); i++) {
            alike.put(from.charAt(i), to.charAt(i));
        }
        return Map.copyOf(alike);
    }
}
