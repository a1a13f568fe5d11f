package dev.weighbridge.inference.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decodes byte-level tokens; text ends where the last whole UTF-8 character does. */
final class ByteStreamDecoder implements StreamDecoder {
    private final ByteLevelVocabulary vocabulary;
    private byte[] held = new byte[16];
    private int length;

    ByteStreamDecoder(ByteLevelVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    @Override
    public String push(int token) {
        byte[] bytes = vocabulary.bytes(token);
        if (length + bytes.length > held.length) {
            held = Arrays.copyOf(held, (length + bytes.length) * 2);
        }
        System.arraycopy(bytes, 0, held, length, bytes.length);
        length += bytes.length;
        int whole = length - unfinished();
        String text = new String(held, 0, whole, StandardCharsets.UTF_8);
        System.arraycopy(held, whole, held, 0, length - whole);
        length -= whole;
        return text;
    }

    @Override
    public String finish() {
        String text = new String(held, 0, length, StandardCharsets.UTF_8);
        length = 0;
        return text;
    }

    /** Bytes at the end that begin a character but do not complete it; at most 3. */
    private int unfinished() {
        for (int back = 1; back <= Math.min(3, length); back++) {
            int value = held[length - back] & 0xff;
            if (value >= 0xc0) {
                int needed = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : 2;
                return needed > back ? back : 0;
            }
            if (value < 0x80) {
                return 0;
            }
        }
        return 0;
    }
}
