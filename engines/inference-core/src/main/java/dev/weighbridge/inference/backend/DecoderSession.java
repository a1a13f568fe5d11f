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
     * Appends tokens to the sequence in a slot.
     *
     * @param slot to append to
     * @param past tokens that the slot's sequence holds already; 0 starts a new sequence there
     * @param tokens to append; at least one, and {@code past + tokens.length} at most {@link #contextLength}
     * @param allLogits whether logits of every appended token are wanted, or only of the last one
     * @return logits of {@code tokens.length} rows, or of one row
     */
    FloatBuffer prefill(int slot, int past, int[] tokens, boolean allLogits);

    /**
     * Appends one token to each of the sequences in slots {@code 0 … rows-1}, which may differ in length.
     *
     * @param rows of the batch; at least 1, at most {@link #slots}
     * @param tokens one a row; only the first {@code rows} values are read
     * @param past tokens that each row's sequence holds already; only the first {@code rows} values are read
     * @return logits of {@code rows} rows
     */
    FloatBuffer step(int rows, int[] tokens, int[] past);

    /**
     * Runs the model over segments of several sequences at once.
     *
     * @param segments each of another slot, those in the lowest slots first; that they are neighbours makes a pass faster
     * @return a row of logits for each token of which they are wanted, in the order of segments and tokens
     */
    default FloatBuffer forward(List<Segment> segments) {
        int rows = segments.stream().mapToInt(Segment::rows).sum();
        FloatBuffer logits = FloatBuffer.allocate(Math.multiplyExact(rows, vocabularySize()));
        int steps = 0;
        while (steps < segments.size()
                && segments.get(steps).slot() == steps
                && segments.get(steps).past() > 0
                && segments.get(steps).tokens().length == 1
                && segments.get(steps).wanted() == Segment.Wanted.LAST) {
            steps++;
        }
        if (steps > 0) {
            int[] tokens = new int[steps];
            int[] past = new int[steps];
            for (int i = 0; i < steps; i++) {
                tokens[i] = segments.get(i).tokens()[0];
                past[i] = segments.get(i).past();
            }
            logits.put(step(steps, tokens, past));
        }
        for (Segment segment : segments.subList(steps, segments.size())) {
            boolean all = segment.wanted() == Segment.Wanted.ALL;
            FloatBuffer own = prefill(segment.slot(), segment.past(), segment.tokens(), all);
            if (segment.wanted() != Segment.Wanted.NONE) {
                logits.put(own);
            }
        }
        return logits.flip();
    }

    /** Copies the first {@code length} tokens of the sequence in slot {@code from} over the one in slot {@code to}. */
    void copy(int from, int to, int length);

    /** Forgets all that a slot holds, so that nothing of it can reach its next sequence. */
    void clear(int slot);

    @Override
    void close();
}
