package dev.weighbridge.datasets.contamination;

import java.util.function.LongConsumer;

/**
 * Reads a text once and tells the 64-bit hash of each run of so many units in it.
 *
 * <p>The hash of a run is a polynomial in the hashes of its units modulo 2^64, so that the next follows from the last (Karp and
 * Rabin, 1987), mixed once more at the end by the finalizer of SplitMix64 (Steele et al., 2014).
 */
final class GramScanner {
    private static final long BASE = 0x9E3779B97F4A7C15L;
    private static final long PRIME = 0x100000001B3L;
    private static final long START = 0xCBF29CE484222325L;
    private static final int ASCII = 128;
    /** For each ASCII character what stands for it: itself, its lower case, {@link #DROP} or {@link #SPACE}. */
    private static final short[] WORDS = table(true);

    private static final short[] CHARACTERS = table(false);
    private static final short DROP = -1;
    private static final short SPACE = -2;

    private final LongConsumer grams;
    private final boolean words;
    private final short[] ascii;
    private final long[] window;
    private final long oldest;
    private int next;
    private long units;
    private long rolling;
    private long word = START;
    private boolean inWord;

    /**
     * A scanner at the beginning of a text.
     *
     * @param grams is given the hash of each run, in order
     */
    GramScanner(Overlap overlap, LongConsumer grams) {
        this.grams = grams;
        words = overlap.unit() == Overlap.Unit.WORDS;
        ascii = words ? WORDS : CHARACTERS;
        window = new long[overlap.length()];
        long power = 1;
        for (int i = 1; i < overlap.length(); i++) {
            power *= BASE;
        }
        oldest = power;
    }

    private static short[] table(boolean words) {
        short[] table = new short[ASCII];
        for (char c = 0; c < ASCII; c++) {
            table[c] = (short) other(c, words);
        }
        return table;
    }

    private static int other(char c, boolean words) {
        if (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || mark(c)) {
            return words ? Character.toLowerCase(c) : c;
        }
        return words && (Character.isWhitespace(c) || Character.isSpaceChar(c)) ? SPACE : DROP;
    }

    private static boolean mark(char c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    /** Goes on with more of the text. */
    void text(char[] chars, int from, int to) {
        if (words) {
            words(chars, from, to);
        } else {
            characters(chars, from, to);
        }
    }

    /** Goes on with more of the text. */
    void text(String text) {
        text(text.toCharArray(), 0, text.length());
    }

    private void words(char[] chars, int from, int to) {
        long hash = word;
        boolean in = inWord;
        for (int i = from; i < to; i++) {
            char c = chars[i];
            int unit = c < ASCII ? ascii[c] : other(c, true);
            if (unit >= 0) {
                hash = (hash ^ unit) * PRIME;
                in = true;
            } else if (unit == SPACE && in) {
                unit(mixed(hash));
                hash = START;
                in = false;
            }
        }
        word = hash;
        inWord = in;
    }

    private void characters(char[] chars, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = chars[i];
            int unit = c < ASCII ? ascii[c] : other(c, false);
            if (unit >= 0) {
                unit(mixed(unit + 1));
            }
        }
    }

    /** Ends the text: no run goes over from it to the next one. */
    void end() {
        if (inWord) {
            unit(mixed(word));
        }
        word = START;
        inWord = false;
        units = 0;
        next = 0;
        rolling = 0;
    }

    private void unit(long hash) {
        int length = window.length;
        if (units >= length) {
            rolling -= window[next] * oldest;
        }
        rolling = rolling * BASE + hash;
        window[next] = hash;
        next = next + 1 == length ? 0 : next + 1;
        if (++units >= length) {
            grams.accept(mixed(rolling));
        }
    }

    private static long mixed(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
