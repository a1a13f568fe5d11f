package dev.weighbridge.inference.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of each token of a tokenizer whose tokens do not change each other's: all that matters besides the token is whether
 * it is the first of its text, since SentencePiece drops the space there and WordPiece puts none. Texts come from the native
 * tokenizer when they are first needed. Safe for use by several threads at once.
 *
 * <p>A token may stand for a byte. The tokenizers library replaces each byte of a run that is not UTF-8 as a whole; here, as in
 * SentencePiece itself, the characters of such a run are kept, since a stream cannot take them back.
 */
final class PieceVocabulary {
    private static final Pattern BYTE = Pattern.compile("<0x(\\p{XDigit}{2})>");

    private final Function<int[], String> decoder;
    private final BitSet known;
    private final short[] bytes;
    private final int anchor;
    private final String anchorText;
    private final @Nullable String[] first;
    private final @Nullable String[] next;

    private PieceVocabulary(Function<int[], String> decoder, BitSet known, short[] bytes, int anchor) {
        this.decoder = decoder;
        this.known = known;
        this.bytes = bytes;
        this.anchor = anchor;
        this.anchorText = decoder.apply(new int[] {anchor});
        this.first = new String[bytes.length];
        this.next = new String[bytes.length];
    }

    /**
     * The vocabulary of a {@code tokenizer.json}, or empty when its tokens may change each other's text.
     *
     * @param size ids from 0 on that a token can have
     * @param decoder the native tokenizer's, without special tokens
     */
    static Optional<PieceVocabulary> of(JsonNode json, int size, Function<int[], String> decoder) {
        JsonNode steps = json.path("decoder");
        if (!independent(steps)) {
            return Optional.empty();
        }
        boolean fallback = json.path("decoder").toString().contains("\"ByteFallback\"");
        BitSet known = new BitSet(size);
        short[] bytes = new short[size];
        Arrays.fill(bytes, (short) -1);
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (int id = 0; id < vocabulary.size(); id++) {
                add(id, vocabulary.get(id).path(0).asText(), fallback, known, bytes);
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> add(entry.getValue().asInt(-1), entry.getKey(), fallback, known, bytes));
        }
        for (JsonNode added : json.path("added_tokens")) {
            int id = added.path("id").asInt(-1);
            add(id, added.path("content").asText(), fallback, known, bytes);
            if (id >= 0 && added.path("special").asBoolean()) {
                known.clear(id);
            }
        }
        int anchor = anchor(known, bytes, decoder);
        return anchor < 0 ? Optional.empty() : Optional.of(new PieceVocabulary(decoder, known, bytes, anchor));
    }

    /** Whether a token is no text at all: special, or no token. */
    boolean silent(int token) {
        return token < 0 || !known.get(token);
    }

    /** The byte that a token stands for, or -1. */
    int byteValue(int token) {
        return bytes[token];
    }

    /** The text of a token at the start of a text. */
    String first(int token) {
        String text = first[token];
        if (text == null) {
            text = decoder.apply(new int[] {token});
            first[token] = text;
        }
        return text;
    }

    /** The text of a token after others. */
    String next(int token) {
        String text = next[token];
        if (text == null) {
            String both = decoder.apply(new int[] {anchor, token});
            text = both.startsWith(anchorText) ? both.substring(anchorText.length()) : first(token);
            next[token] = text;
        }
        return text;
    }

    private static void add(int id, String token, boolean fallback, BitSet known, short[] bytes) {
        if (id < 0 || id >= bytes.length) {
            return;
        }
        known.set(id);
        Matcher value = BYTE.matcher(token);
        bytes[id] = fallback && value.matches() ? Short.parseShort(value.group(1), 16) : -1;
    }

    /** A token with a text, after which any other can be seen. */
    private static int anchor(BitSet known, short[] bytes, Function<int[], String> decoder) {
        for (int id = known.nextSetBit(0); id >= 0; id = known.nextSetBit(id + 1)) {
            if (bytes[id] < 0) {
                String once = decoder.apply(new int[] {id});
                if (!once.isBlank()
                        && decoder.apply(new int[] {id, id}).startsWith(once)
                        && once.indexOf('\uFFFD') < 0) {
                    return id;
                }
            }
        }
        return -1;
    }

    /** Whether decoding a token depends on no other, except for being the first. */
    private static boolean independent(JsonNode decoder) {
        if (!decoder.path("type").asText().equals("Sequence")) {
            return switch (decoder.path("type").asText().toLowerCase(Locale.ROOT)) {
                case "metaspace", "wordpiece" -> true;
                default -> false;
            };
        }
        boolean fused = false;
        boolean bytesRead = false;
        for (JsonNode step : decoder.path("decoders")) {
            switch (step.path("type").asText()) {
                case "Fuse" -> fused = true;
                case "ByteFallback" -> bytesRead = true;
                case "Strip" -> {
                    if (step.path("stop").asInt() != 0) {
                        return false;
                    }
                }
                case "Replace", "Metaspace", "WordPiece" -> {
                    // It would see the text of several tokens, or that of bytes.
                    if (fused || bytesRead) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        return true;
    }
}
