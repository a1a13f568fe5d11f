package dev.weighbridge.gateway.guard;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
        List<Word> words = new ArrayList<>();
        each(text, words::add);
        return words;
    }

    /** Hands over one word after the other, so that those of a long text need not be held together. */
    static void each(String text, Consumer<Word> words) {
        Row row = new Row(FoldedText.of(text), words);
        int start = -1;
        String form = row.form;
        for (int i = 0; i <= form.length(); i++) {
            boolean inside = i < form.length() && inWord(form, i);
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                row.token(start, i);
                start = -1;
            }
        }
        row.end();
    }

    /** Letters that stand alone with one sign or blank between each two: one word where there are several, or else each its own. */
    private static final class Row {
        private final FoldedText folded;
        private final String form;
        private final Consumer<Word> words;
        private final EnglishStemmer stemmer = new EnglishStemmer();
        private final StringBuilder letters = new StringBuilder();
        private final int[] starts = new int[SPELLED];
        private int length;
        private int end;

        Row(FoldedText folded, Consumer<Word> words) {
            this.folded = folded;
            this.form = folded.text();
            this.words = words;
        }

        void token(int from, int to) {
            boolean lone = lone(form, from, to);
            if (length > 0 && (!lone || from - end != 1)) {
                end();
            }
            if (!lone) {
                word(form.substring(from, to), false, from);
                return;
            }
            if (length < SPELLED) {
                starts[length] = from;
            }
            letters.append(form, from, to);
            length++;
            end = to;
        }

        void end() {
            if (length >= SPELLED) {
                word(letters.toString(), true, starts[0]);
            } else {
                for (int i = 0; i < length; i++) {
                    int to = i + 1 < length ? starts[i + 1] - 1 : end;
                    word(form.substring(starts[i], to), false, starts[i]);
                }
            }
            letters.setLength(0);
            length = 0;
        }

        private void word(String token, boolean spelled, int place) {
            String word = letters(token);
            if (!word.isEmpty() && !STOP_WORDS.contains(word)) {
                String stem = stem(stemmer, word);
                boolean article = spelled && word.startsWith("a");
                String withoutArticle = article ? stem(stemmer, word.substring(1)) : stem;
                words.accept(new Word(
                        stem,
                        withoutArticle,
                        word,
                        spelled,
                        folded.finding("", place, place + 1).start()));
            }
        }
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

    private static boolean lone(String form, int from, int to) {
        int letters = 0;
        for (int i = from; i < to && letters < 2; i++) {
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
