package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The bytes of each token of a byte-level tokenizer, so that an answer is decoded without a native call for each token.
 * Tokens are written in GPT-2's table, in which each byte has a printable stand-in.
 */
final class ByteLevelVocabulary {
    private static final byte[] NOTHING = {};
    private static final Map<Character, Byte> BYTES = bytes();

    private final byte[][] tokens;

    private ByteLevelVocabulary(byte[][] tokens) {
        this.tokens = tokens;
    }

    /** The vocabulary of a {@code tokenizer.json}, or empty when it decodes in another way. */
    static Optional<ByteLevelVocabulary> of(JsonNode json) {
        JsonNode vocabulary = json.path("model").path("vocab");
        if (!json.path("decoder").path("type").asText().equals("ByteLevel") || !vocabulary.isObject()) {
            return Optional.empty();
        }
        Map<Integer, byte[]> tokens = new HashMap<>();
        vocabulary.properties().forEach(entry -> tokens.put(entry.getValue().asInt(), decode(entry.getKey())));
        for (JsonNode added : json.path("added_tokens")) {
            boolean special = added.path("special").asBoolean();
            tokens.put(
                    added.path("id").asInt(),
                    special ? NOTHING : decode(added.path("content").asText()));
        }
        int size = tokens.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        byte[][] table = new byte[size][];
        for (int id = 0; id < size; id++) {
            table[id] = tokens.getOrDefault(id, NOTHING);
        }
        return Optional.of(new ByteLevelVocabulary(table));
    }

    /** The bytes of a token; none for special tokens and for ids beyond the vocabulary. */
    byte[] bytes(int token) {
        return token >= 0 && token < tokens.length ? tokens[token] : NOTHING;
    }

    /** A token with any character outside the table stands for itself, as in the tokenizers library's ByteLevel decoder. */
    private static byte[] decode(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            Byte value = BYTES.get(token.charAt(i));
            if (value == null) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = value;
        }
        return bytes;
    }

    private static Map<Character, Byte> bytes() {
        Map<Character, Byte> bytes = new HashMap<>();
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xa1 && value <= 0xac) || value >= 0xae;
            bytes.put((char) (printable ? value : next++), (byte) value);
        }
        return bytes;
    }
}
