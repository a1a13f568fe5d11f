package dev.weighbridge.scoring.toxicity;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Tokens of a text for comparing: by NFKC (Unicode Standard Annex 15), in small letters, without characters that are not seen. A
 * token is a run of letters, digits and marks; an emoji or other symbol, and a letter of a script that puts no space between words,
 * is one by itself. Look-alike letters of other scripts and digits in place of letters are not undone.
 */
final class PlainTokens {
    private PlainTokens() {}

    static List<String> of(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
        List<String> tokens = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < plain.length(); i += Character.charCount(plain.codePointAt(i))) {
            int point = plain.codePointAt(i);
            int type = Character.getType(point);
            if (type == Character.FORMAT || variation(point)) {
                continue;
            }
            boolean alone = type == Character.OTHER_SYMBOL || unspaced(point);
            if (alone || !inWord(type)) {
                end(word, tokens);
            }
            if (alone) {
                tokens.add(Character.toString(point));
            } else if (inWord(type)) {
                word.appendCodePoint(point);
            }
        }
        end(word, tokens);
        return tokens;
    }

    private static void end(StringBuilder word, List<String> tokens) {
        if (!word.isEmpty()) {
            tokens.add(word.toString());
            word.setLength(0);
        }
    }

    private static boolean inWord(int type) {
        return switch (type) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    /** Selectors of how an emoji looks. */
    private static boolean variation(int point) {
        return point >= 0xFE00 && point <= 0xFE0F;
    }

    private static boolean unspaced(int point) {
        if (!Character.isLetter(point)) {
            return false;
        }
        return switch (Character.UnicodeScript.of(point)) {
            case HAN, HIRAGANA, KATAKANA, THAI, LAO, KHMER, MYANMAR -> true;
            default -> false;
        };
    }
}
