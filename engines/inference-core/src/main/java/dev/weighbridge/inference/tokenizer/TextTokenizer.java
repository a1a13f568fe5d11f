package dev.weighbridge.inference.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tokenizer of a checkpoint, read from its {@code tokenizer.json}. Safe for use by several threads at once. */
public final class TextTokenizer implements AutoCloseable {
    private static final long LARGEST_FILE = 256L << 20;
    private static final char REPLACEMENT = '\uFFFD';

    /** Held for reading during each native call, so that closing cannot free the tokenizer under one. */
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;
    private final @Nullable ByteLevelVocabulary byteLevel;
    private final String beginning;
    private boolean closed;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, JsonNode json) {
        this.tokenizer = tokenizer;
        this.vocabularySize = size(json);
        this.byteLevel = ByteLevelVocabulary.of(json).orElse(null);
        this.beginning = beginning(tokenizer);
    }

    /**
     * Reads the tokenizer of a checkpoint folder.
     *
     * @throws EngineException of category BAD_MODEL when it is missing or damaged, UNAVAILABLE when the native library cannot
     *     be loaded
     */
    public static TextTokenizer read(Path folder) {
        Path file = folder.resolve("tokenizer.json");
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw bad(file + " has " + Files.size(file) + " bytes, at most " + LARGEST_FILE + " are read.", null);
            }
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            TokenizerCheck.check(json);
            HuggingFaceTokenizer tokenizer = open(file);
            try {
                return new TextTokenizer(tokenizer, json);
            } catch (RuntimeException e) {
                tokenizer.close();
                throw e;
            }
        } catch (EngineException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw bad(file + " is not a tokenizer that can be read: " + e.getMessage() + ". Download it again.", e);
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

    /**
     * The tokens of a text, with or without those that the tokenizer adds around it. A surrogate without its partner, which
     * no Unicode text holds, is taken as U+FFFD.
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        String whole = wellFormed(text);
        return ids(use(library -> library.encode(whole, addSpecialTokens, false).getIds()));
    }

    /** The text of tokens, without special ones; bytes that are no whole character become U+FFFD. */
    public String decode(int[] tokens) {
        long[] ids = new long[tokens.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens[i];
        }
        return use(library -> library.decode(ids, true));
    }

    /** A decoder for one answer. */
    public StreamDecoder streamDecoder() {
        return byteLevel == null ? new WindowStreamDecoder(this) : new ByteStreamDecoder(byteLevel);
    }

    /** Frees the native tokenizer once no call is in it. Closing twice has no effect. */
    @Override
    public void close() {
        inUse.writeLock().lock();
        try {
            closed = true;
            tokenizer.close();
        } finally {
            inUse.writeLock().unlock();
        }
    }

    private <T> T use(Function<HuggingFaceTokenizer, T> call) {
        inUse.readLock().lock();
        try {
            if (closed) {
                throw new EngineException(EngineException.Category.FAILED, "the tokenizer was closed");
            }
            return call.apply(tokenizer);
        } finally {
            inUse.readLock().unlock();
        }
    }

    private static HuggingFaceTokenizer open(Path file) throws IOException {
        // DJL would report its use to its makers and, beside a GPU, download another build of its library.
        if (System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
        try {
            // Everything is read from this one file: no name is ever looked up on a hub.
            return HuggingFaceTokenizer.newInstance(
                    file, Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true"));
        } catch (LinkageError | ai.djl.engine.EngineException e) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    "the native tokenizer library cannot be loaded: " + e.getMessage()
                            + ". Use 64-bit Linux with glibc, macOS on ARM or Windows.",
                    e);
        }
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

    private static int[] ids(long[] ids) {
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    private static String wellFormed(String text) {
        boolean whole = text.codePoints()
                .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
        if (whole) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints()
                .map(point ->
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? REPLACEMENT : point)
                .forEach(result::appendCodePoint);
        return result.toString();
    }

    private static EngineException bad(String message, @Nullable Throwable cause) {
        return new EngineException(EngineException.Category.BAD_MODEL, message, cause);
    }
}
