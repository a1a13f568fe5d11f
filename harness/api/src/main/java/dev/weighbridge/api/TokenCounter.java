package dev.weighbridge.api;

import java.nio.file.Path;
import java.util.ServiceLoader;

/** Counts the tokens of texts as a model's tokenizer makes them. Safe for use by several threads at once. */
public interface TokenCounter extends AutoCloseable {
    /** Tokens of a text alone, without those that a tokenizer adds around it. */
    int count(String text);

    @Override
    void close();

    /**
     * Reads a tokenizer.
     *
     * @param file the {@code tokenizer.json} of a checkpoint, or the folder that holds one
     * @throws EngineException of category BAD_MODEL when it is missing or damaged, UNAVAILABLE when nothing here can read one
     */
    static TokenCounter read(Path file) {
        return ServiceLoader.load(Reader.class)
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "nothing on the class path can read a tokenizer, needed for " + file))
                .read(file);
    }

    /** Makes counters; found by {@link ServiceLoader}. */
    interface Reader {
        /** As {@link TokenCounter#read}. */
        TokenCounter read(Path file);
    }
}
