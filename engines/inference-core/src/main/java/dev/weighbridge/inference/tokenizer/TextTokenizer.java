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
    private static final int[] NO_TOKENS = {};
    private static final Map<String, String> OPTIONS =
            Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");

    /** Held for reading during each native call, so that closing cannot free the tokenizer under one. */
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private final HuggingFaceTokenizer tokenizer;
    private final int vocabularySize;
    private final @Nullable ByteLevelVocabulary byteLevel;
    private final @Nullable PieceVocabulary pieces;
    private final TokenFrame frame;
    private boolean closed;

    private TextTokenizer(HuggingFaceTokenizer tokenizer, JsonNode json) {
        this.tokenizer = tokenizer;
        this.vocabularySize = size(json);
        this.byteLevel = ByteLevelVocabulary.of(json).orElse(null);
        this.pieces = byteLevel == null
                ? PieceVocabulary.of(json, vocabularySize, this::decodeNatively).orElse(null)
                : null;
        this.frame = TokenFrame.of(tokenizer, json);
    }

    /**
     * Reads the tokenizer of a checkpoint.
     *
     * @param checkpoint its folder, or its {@code tokenizer.json} itself
     * @throws EngineException of category BAD_MODEL when it is missing or damaged, UNAVAILABLE when the native library cannot
     *     be loaded
     */
    public static TextTokenizer read(Path checkpoint) {
        Path file = Files.isRegularFile(checkpoint) ? checkpoint : checkpoint.resolve("tokenizer.json");
        try {
            requireSize(file);
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            TokenizerCheck.check(json);
            // Everything is read from this one file: no name is ever looked up on a hub.
            HuggingFaceTokenizer tokenizer = open(options -> HuggingFaceTokenizer.newInstance(file, options), OPTIONS);
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
     * The tokens of a text as the model expects a prompt: with the tokenizer's own beginning and end, unless the text brings the
     * beginning along already, as rendered chats do; there is never a second one.
     */
    public int[] encode(String text) {
        return encodePlaced(text).tokens();
    }

    /**
     * The tokens of a text, with or without those that the tokenizer adds around it. A surrogate without its partner, which
     * no Unicode text holds, is taken as U+FFFD.
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        String whole = wellFormed(text);
        return ids(use(library -> library.encode(whole, addSpecialTokens, false).getIds()));
    }

    /** The tokens of a text as by {@link #encode(String)}, with their places in it. */
    public PlacedTokens encodePlaced(String text) {
        String whole = wellFormed(text);
        return use(library -> frame.around(whole, library.encode(whole, false, false)));
    }

    /** The text of tokens, without special ones; bytes that are no whole character become U+FFFD. */
    public String decode(int[] tokens) {
        if (pieces == null) {
            return decodeNatively(tokens);
        }
        StreamDecoder decoder = new PieceStreamDecoder(pieces, NO_TOKENS);
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(decoder.push(token));
        }
        return text.append(decoder.finish()).toString();
    }

    /** The text that a token adds to another's, without what only the first token of a text lacks. */
    public String piece(int token) {
        if (pieces == null || pieces.silent(token) || pieces.byteValue(token) >= 0) {
            return decode(new int[] {token});
        }
        return pieces.next(token);
    }

    String decodeNatively(int[] tokens) {
        long[] ids = new long[tokens.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens[i];
        }
        return use(library -> library.decode(ids, true));
    }

    /** A decoder for a text. */
    public StreamDecoder streamDecoder() {
        return streamDecoder(NO_TOKENS);
    }

    /**
     * A decoder for what tokens add to the text of others, such as an answer to its prompt.
     *
     * @param before the tokens that the decoded ones follow
     */
    public StreamDecoder streamDecoder(int[] before) {
        if (byteLevel != null) {
            return new ByteStreamDecoder(byteLevel, before);
        }
        return pieces == null ? new WindowStreamDecoder(this, before) : new PieceStreamDecoder(pieces, before);
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

    /** Reads a tokenizer from its file or its bytes. */
    interface Source {
        /** The tokenizer with options of the library. */
        HuggingFaceTokenizer read(Map<String, String> options) throws IOException;
    }

    static HuggingFaceTokenizer open(Source source, Map<String, String> options) throws IOException {
        // DJL would report its use to its makers and, beside a GPU, download another build of its library.
        if (System.getProperty("ai.djl.offline") == null) {
            System.setProperty("ai.djl.offline", "true");
        }
        try {
            return source.read(options);
        } catch (LinkageError | ai.djl.engine.EngineException e) {
            throw new EngineException(
                    EngineException.Category.UNAVAILABLE,
                    "the native tokenizer library cannot be loaded: " + e.getMessage()
                            + ". Use 64-bit Linux with glibc, macOS on ARM or Windows.",
                    e);
        }
    }

    static void requireSize(Path file) throws IOException {
        if (Files.size(file) > LARGEST_FILE) {
            throw bad(file + " has " + Files.size(file) + " bytes, at most " + LARGEST_FILE + " are read.", null);
        }
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

    static int[] ids(long[] ids) {
        int[] tokens = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            tokens[i] = Math.toIntExact(ids[i]);
        }
        return tokens;
    }

    static String wellFormed(String text) {
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

    static EngineException bad(String message, @Nullable Throwable cause) {
        return new EngineException(EngineException.Category.BAD_MODEL, message, cause);
    }
}
