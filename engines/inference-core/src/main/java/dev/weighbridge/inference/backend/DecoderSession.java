package dev.weighbridge.inference.backend;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * A loaded decoder with a KV cache of a fixed number of slots, each holding one sequence. Used by one thread at a time.
 *
 * <p>Returned logits live in a direct buffer that the session owns: they are valid until the next call. They are
 * row-major, {@code vocabularySize} values a row, position 0, limit at the end of the last row.
 *
 * <p>All methods throw {@link dev.weighbridge.api.EngineException} of category FAILED when the tensor library fails.
 */
public interface DecoderSession extends AutoCloseable {
    int slots();

    /** Longest sequence a slot can hold, in tokens. */
    int contextLength();

    int vocabularySize();

    /**
     * Runs the model over segments of several sequences at once.
     *
     * @param segments each of another slot, those in the lowest slots first; that they are neighbours makes a pass faster
     * @return a row of logits for each token of which they are wanted, in the order of segments and tokens
     */
    FloatBuffer forward(List<Segment> segments);

    /** Copies the first {@code length} tokens of the sequence in slot {@code from} over the one in slot {@code to}. */
    void copy(int from, int to, int length);

    /** Forgets all that a slot holds, so that nothing of it can reach its next sequence. */
    void clear(int slot);

    @Override
    void close();
}
