package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Logits at every position of a text, computed in the scheduler's spare slot, one text at a time and in chunks, so that the
 * rows that are answering never stall for longer than a chunk.
 */
final class TextScoring {
    private static final int MOST_TOKENS = 256;
    private static final int LEAST_TOKENS = 16;
    private static final int MOST_LOGITS = 1 << 22;

    private final BatchScheduler scheduler;
    private final int vocabularySize;
    private final Lock spareSlot = new ReentrantLock();

    TextScoring(BatchScheduler scheduler, int vocabularySize) {
        this.scheduler = scheduler;
        this.vocabularySize = vocabularySize;
    }

    /** Takes the logits of a chunk. */
    interface ChunkVisitor {
        /**
         * Takes one chunk.
         *
         * @param first position of the chunk in the text
         * @param logits {@code count × vocabularySize} values; row i predicts the token after position {@code first + i}; valid
         *     during the call only
         */
        void visit(int first, int count, FloatBuffer logits);
    }

    /** Runs the tokens through the model; the visitor is called on the scheduler's thread, once for each chunk in order. */
    void visit(int[] tokens, ChunkVisitor visitor) {
        int chunk = Math.max(LEAST_TOKENS, Math.min(MOST_TOKENS, MOST_LOGITS / vocabularySize));
        spareSlot.lock();
        try {
            for (int first = 0; first < tokens.length; first += chunk) {
                int from = first;
                int[] part = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + chunk));
                scheduler.<Boolean>exclusively(session -> {
                    visitor.visit(from, part.length, logits(session, from, part));
                    return true;
                });
            }
        } finally {
            spareSlot.unlock();
        }
    }

    private static FloatBuffer logits(DecoderSession session, int past, int[] tokens) {
        return session.forward(List.of(new Segment(session.slots() - 1, past, tokens, Segment.Wanted.ALL)));
    }
}
