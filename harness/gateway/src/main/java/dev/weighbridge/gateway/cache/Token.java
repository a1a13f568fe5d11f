package dev.weighbridge.gateway.cache;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A word, a number or a symbol of a text.
 *
 * @param text in small letters; digits of any script as 0 to 9
 * @param kind of the token
 * @param name whether it is a word with a capital where no sentence begins
 */
record Token(String text, Kind kind, boolean name) {
    /** What a token is. */
    enum Kind {
        WORD,
        NUMBER,
        SYMBOL
    }

    /** English, German, French and Spanish: languages whose negations are words. */
    private static final Set<String> NEGATIONS = Set.of(
            "not", "no", "never", "none", "nor", "neither", "nothing", "nobody", "without", "except", "nicht", "kein",
            "keine", "keinen", "keiner", "keines", "nie", "niemals", "ohne", "außer", "ne", "pas", "jamais", "sans",
            "sauf", "aucun", "aucune", "nunca", "sin", "jamás", "ningún", "ninguno", "ninguna");

    /** Without "one", which is a pronoun too. */
    private static final Map<String, String> NUMBER_WORDS = Map.ofEntries(
            Map.entry("zero", "0"),
            Map.entry("two", "2"),
            Map.entry("three", "3"),
            Map.entry("four", "4"),
            Map.entry("five", "5"),
            Map.entry("six", "6"),
            Map.entry("seven", "7"),
            Map.entry("eight", "8"),
            Map.entry("nine", "9"),
            Map.entry("ten", "10"),
            Map.entry("eleven", "11"),
            Map.entry("twelve", "12"),
            Map.entry("twenty", "20"),
            Map.entry("thirty", "30"),
            Map.entry("forty", "40"),
            Map.entry("fifty", "50"),
            Map.entry("hundred", "100"),
            Map.entry("thousand", "1000"),
            Map.entry("million", "1000000"));

    /** What begins a sentence after it, or stands between words and changes nothing. */
    private static final String SENTENCE_ENDS = ".!?:;…。！？\n";

    private static final String IGNORED = ",'\"`´¿¡、，・";

    boolean isNegation() {
        return kind == Kind.WORD && NEGATIONS.contains(text);
    }

    /** The tokens of a text in their order; of one that only has spaces and punctuation, none. */
    static List<Token> of(String text) {
        return new Reader(Normalizer.normalize(text, Normalizer.Form.NFKC)).read();
    }

    /** Goes once through a text. */
    private static final class Reader {
        private final String text;
        private final List<Token> tokens = new ArrayList<>();
        private int at;
        private boolean sentenceBegins = true;

        Reader(String text) {
            this.text = text;
        }

        List<Token> read() {
            while (at < text.length()) {
                int point = text.codePointAt(at);
                if (Character.isDigit(point)) {
                    number("");
                } else if (Character.isIdeographic(point)) {
                    // Written without spaces, each of them means something.
                    add(Character.toString(point), Kind.WORD, false);
                    at += Character.charCount(point);
                } else if (Character.isLetter(point)) {
                    word();
                } else if (point == '-' || point == '\u2212') {
                    minus();
                } else {
                    other(point);
                }
            }
            return tokens;
        }

        private void add(String token, Kind kind, boolean name) {
            tokens.add(new Token(token, kind, name));
            sentenceBegins = false;
        }

        /** Digits, with points, commas and colons between them. */
        private void number(String sign) {
            StringBuilder digits = new StringBuilder(sign);
            while (at < text.length()) {
                int point = text.codePointAt(at);
                if (Character.isDigit(point)) {
                    digits.append(Character.digit(point, 10));
                } else if ((point == '.' || point == ',' || point == ':') && digitAt(at + 1)) {
                    digits.append((char) point);
                } else {
                    break;
                }
                at += Character.charCount(point);
            }
            add(digits.toString(), Kind.NUMBER, false);
        }

        private boolean digitAt(int index) {
            return index < text.length() && Character.isDigit(text.codePointAt(index));
        }

        private void word() {
            int start = at;
            while (at < text.length()) {
                int point = text.codePointAt(at);
                boolean inside = (Character.isLetter(point) && !Character.isIdeographic(point))
                        || isMark(point)
                        || (isApostrophe(point) && isContracted());
                if (!inside) {
                    break;
                }
                at += Character.charCount(point);
            }
            String written = text.substring(start, at);
            boolean name = !sentenceBegins && Character.isUpperCase(written.codePointAt(0)) && !written.equals("I");
            word(written.toLowerCase(Locale.ROOT).replace('\u2019', '\''), name);
        }

        private void word(String word, boolean name) {
            if (word.endsWith("n't")) {
                add(
                        switch (word) {
                            case "won't" -> "will";
                            case "can't" -> "can";
                            case "shan't" -> "shall";
                            default -> word.substring(0, word.length() - 3);
                        },
                        Kind.WORD,
                        false);
                add("not", Kind.WORD, false);
            } else if (word.equals("cannot")) {
                add("can", Kind.WORD, false);
                add("not", Kind.WORD, false);
            } else if (NUMBER_WORDS.containsKey(word)) {
                add(NUMBER_WORDS.get(word), Kind.NUMBER, false);
            } else {
                add(word, Kind.WORD, name);
            }
        }

        /** Whether the apostrophe at this place is that of "n't"; others divide words. */
        private boolean isContracted() {
            return at > 0
                    && at + 1 < text.length()
                    && Character.toLowerCase(text.charAt(at - 1)) == 'n'
                    && Character.toLowerCase(text.charAt(at + 1)) == 't'
                    && (at + 2 == text.length() || !Character.isLetter(text.codePointAt(at + 2)));
        }

        /** A sign belongs to its number, a hyphen to nothing, and what else there is may be an operator. */
        private void minus() {
            int before = at == 0 ? ' ' : text.codePointBefore(at);
            boolean afterWord = Character.isLetterOrDigit(before) || before == ')';
            at++;
            if (digitAt(at) && !afterWord) {
                number("-");
            } else if (!(Character.isLetter(before)
                    && at < text.length()
                    && Character.isLetter(text.codePointAt(at)))) {
                add("-", Kind.SYMBOL, false);
            }
        }

        private void other(int point) {
            at += Character.charCount(point);
            if (SENTENCE_ENDS.indexOf(point) >= 0) {
                sentenceBegins = true;
            } else if (!isMark(point) && !isSeparator(point)) {
                add(Character.toString(point), Kind.SYMBOL, false);
            }
        }

        private static boolean isApostrophe(int point) {
            return point == '\'' || point == '\u2019';
        }

        private static boolean isMark(int point) {
            int type = Character.getType(point);
            return type == Character.NON_SPACING_MARK
                    || type == Character.COMBINING_SPACING_MARK
                    || type == Character.ENCLOSING_MARK;
        }

        private static boolean isSeparator(int point) {
            return switch (Character.getType(point)) {
                case Character.SPACE_SEPARATOR,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.CONTROL,
                        Character.FORMAT,
                        Character.START_PUNCTUATION,
                        Character.END_PUNCTUATION,
                        Character.INITIAL_QUOTE_PUNCTUATION,
                        Character.FINAL_QUOTE_PUNCTUATION,
                        Character.DASH_PUNCTUATION -> true;
                default -> IGNORED.indexOf(point) >= 0;
            };
        }
    }
}
