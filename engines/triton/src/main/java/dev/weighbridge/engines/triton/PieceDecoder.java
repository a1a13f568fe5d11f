package dev.weighbridge.engines.triton;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Makes text of UTF-8 that comes in pieces which may end within a character; what is no UTF-8 becomes U+FFFD. */
final class PieceDecoder {
    private static final int LONGEST_CHARACTER = 4;

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] rest = new byte[0];

    /** The whole characters so far that were not given yet. */
    String accept(byte[] piece) {
        return decode(piece, false);
    }

    /** What a character that was never finished becomes. */
    String end() {
        return decode(new byte[0], true);
    }

    private String decode(byte[] piece, boolean last) {
        ByteBuffer bytes = ByteBuffer.allocate(rest.length + piece.length)
                .put(rest)
                .put(piece)
                .flip();
        CharBuffer text = CharBuffer.allocate(bytes.remaining() + LONGEST_CHARACTER);
        decoder.decode(bytes, text, last);
        if (last) {
            decoder.flush(text);
            decoder.reset();
        }
        rest = new byte[bytes.remaining()];
        bytes.get(rest);
        return text.flip().toString();
    }
}
