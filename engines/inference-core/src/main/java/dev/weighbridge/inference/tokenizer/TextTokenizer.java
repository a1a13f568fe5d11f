package dev.weighbridge.inference.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokenizer of a checkpoint, read from its {@code tokenizer.json}. Safe for use by several threads at once. */
public final class TextTokenizer implements AutoCloseable {
    private static final long LARGEST_FILE = 256L << 20;

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;
    private final @Nullable ByteLevelVocabulary byteLevel;
    private final String beginning;

    private TextTokenizer(
            HuggingFaceTokenizer tokenizer,
            int vocabularySize,
            @Nullable ByteLevelVocabulary byteLevel,
            String beginning) {
        this.tokenizer = tokenizer;
        this.vocabularySize = vocabularySize;
        this.byteLevel = byteLevel;
        this.beginning = beginning;
    }

    /**
     * Reads the tokenizer of a checkpoint folder.
     *
     * @throws EngineException of category BAD_MODEL when it is missing or damaged
     */
    public static TextTokenizer read(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new EngineException(
                        EngineException.Category.BAD_MODEL,
                        file + " has " + Files.size(file) + " bytes, at most " + LARGEST_FILE + " are read");
            }
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            // Everything is read from this one file: no name is ever looked up on a hub.
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(
                    file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true"));
            return new TextTokenizer(
                    tokenizer, size(json), ByteLevelVocabulary.of(json).orElse(null), beginning(tokenizer));
        } catch (IOException | RuntimeException e) {
            if (e instanceof EngineException known) {
                throw known;
            }
            throw new EngineException(
                    EngineException.Category.BAD_MODEL,
                    file + " is not a tokenizer that can be read: " + e.getMessage(),
                    e);
        }
    }

    /** Ids from 0 on that a token can have; the model's own vocabulary may be larger by padding. */
    public int vocabularySize() {
        return vocabularySize;
    }

    /**
     * The tokens of a text as the model expects a prompt: with the tokenizer's own beginning, unless the text brings it
     * along already, as rendered chats do.
     */
    public int[] encode(String text) {
        boolean begun = !beginning.isEmpty() && text.startsWith(beginning);
        return encode(text, !begun);
    }

    /** The tokens of a text, with or without those that the tokenizer adds around it. */
    public int[] encode(String text, boolean addSpecialTokens) {
        return Arrays.stream(tokenizer.encode(text, addSpecialTokens, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** The text of tokens, without special ones; bytes that are no whole character become U+FFFD. */
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), true);
    }

    /** A decoder for one answer. */
    public StreamDecoder streamDecoder() {
        return byteLevel == null ? new WindowStreamDecoder(this) : new ByteStreamDecoder(byteLevel);
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /** The text of the token that the tokenizer puts before every text, or an empty text when there is none. */
    private static String beginning(HuggingFaceTokenizer tokenizer) {
        long[] with = tokenizer.encode("a", true, false).getIds();
        long[] without = tokenizer.encode("a", false, false).getIds();
        return with.length > without.length && with[0] != without[0]
                ? tokenizer.decode(new long[] {with[0]}, false)
                : "";
    }

    private static int size(JsonNode json) {
        int most = -1;
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) {
            most = vocabulary.size() - 1;
        } else {
            for (JsonNode id : vocabulary) {
                most = Math.max(most, id.asInt());
            }
        }
        for (JsonNode added : json.path("added_tokens")) {
            most = Math.max(most, added.path("id").asInt());
        }
        return most + 1;
    }
}
