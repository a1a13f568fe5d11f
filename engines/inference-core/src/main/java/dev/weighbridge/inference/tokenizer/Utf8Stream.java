package dev.weighbridge.inference.tokenizer;

/**
 * Decodes UTF-8 that comes byte by byte. A character is given out once its last byte came; bytes that are none become U+FFFD as
 * soon as that is certain.
 */
final class Utf8Stream {
    private static final char REPLACEMENT = '\uFFFD';

    private final boolean eachByteIsReplaced;
    private int point;
    private int seen;
    private int missing;
    /** What the next byte must be for the bytes so far to go on; narrower than 80 to BF after some first bytes. */
    private int least;

    private int most;

    /**
     * @param eachByteIsReplaced whether the beginning of a character that does not go on becomes one U+FFFD for each of its
     *     bytes, as in SentencePiece, or a single one, as the Unicode standard recommends (section 3.9)
     */
    Utf8Stream(boolean eachByteIsReplaced) {
        this.eachByteIsReplaced = eachByteIsReplaced;
    }

    /** Takes a byte and appends what is certain now. */
    void push(byte value, StringBuilder text) {
        int next = value & 0xff;
        if (missing > 0) {
            if (next >= least && next <= most) {
                goOn(next, text);
                return;
            }
            finish(text);
        }
        begin(next, text);
    }

    /** Appends U+FFFD for a character that was begun, since nothing more of it comes. */
    void finish(StringBuilder text) {
        if (missing > 0) {
            for (int i = eachByteIsReplaced ? seen : 1; i > 0; i--) {
                text.append(REPLACEMENT);
            }
        }
        missing = 0;
    }

    private void goOn(int next, StringBuilder text) {
        point = (point << 6) | (next & 0x3f);
        seen++;
        missing--;
        least = 0x80;
        most = 0xbf;
        if (missing == 0) {
            text.appendCodePoint(point);
        }
    }

    /** Table 3-7 of the Unicode standard, "Well-Formed UTF-8 Byte Sequences". */
    private void begin(int first, StringBuilder text) {
        seen = 1;
        least = 0x80;
        most = 0xbf;
        if (first < 0x80) {
            text.append((char) first);
        } else if (first >= 0xc2 && first <= 0xdf) {
            missing = 1;
            point = first & 0x1f;
        } else if (first >= 0xe0 && first <= 0xef) {
            missing = 2;
            point = first & 0x0f;
            least = first == 0xe0 ? 0xa0 : 0x80;
            most = first == 0xed ? 0x9f : 0xbf;
        } else if (first >= 0xf0 && first <= 0xf4) {
            missing = 3;
            point = first & 0x07;
            least = first == 0xf0 ? 0x90 : 0x80;
            most = first == 0xf4 ? 0x8f : 0xbf;
        } else {
            text.append(REPLACEMENT);
        }
    }
}
