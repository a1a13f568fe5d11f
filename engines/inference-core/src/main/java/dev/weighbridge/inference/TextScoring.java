package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Logits at every position of texts, computed in the scheduler's spare slot, one call at a time and in chunks, so that the
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
         * @param text which of the texts it belongs to
         * @param first position of the chunk in the text
         * @param logits {@code count × vocabularySize} values; row i predicts the token after position {@code first + i}; valid
         *     during the call only
         */
        void visit(int text, int first, int count, FloatBuffer logits);
    }

    /**
     * Runs texts through the model, what they all begin with once. The visitor is called on the scheduler's thread, for each
     * text with its chunks in order.
     */
    void visit(List<int[]> texts, ChunkVisitor visitor) {
        int shared = shared(texts);
        spareSlot.lock();
        try {
            run(texts.get(0), 0, shared, (first, count, logits) -> {
                for (int text = 0; text < texts.size(); text++) {
                    visitor.visit(text, first, count, logits);
                }
            });
            for (int text = 0; text < texts.size(); text++) {
                int number = text;
                int[] tokens = texts.get(text);
                run(
                        tokens,
                        shared,
                        tokens.length,
                        (first, count, logits) -> visitor.visit(number, first, count, logits));
            }
        } finally {
            spareSlot.unlock();
        }
    }

    /** Takes the logits of a chunk of one text. */
    private interface Chunks {
        void visit(int first, int count, FloatBuffer logits);
    }

    private void run(int[] tokens, int begin, int end, Chunks chunks) {
        int chunk = Math.max(LEAST_TOKENS, Math.min(MOST_TOKENS, MOST_LOGITS / vocabularySize));
        for (int first = begin; first < end; first += chunk) {
            int from = first;
            int[] part = Arrays.copyOfRange(tokens, from, Math.min(end, from + chunk));
            scheduler.<Boolean>exclusively(session -> {
                Segment segment = new Segment(session.slots() - 1, from, part, Segment.Wanted.ALL);
                chunks.visit(from, part.length, session.forward(List.of(segment)));
                return true;
            });
        }
    }

    /** Tokens that all of several texts begin with, of which each text has one more at least; none of a single text. */
    static int shared(List<int[]> texts) {
        if (texts.size() == 1) {
            return 0;
        }
        int[] first = texts.get(0);
        int shared = first.length - 1;
        for (int[] text : texts) {
            int mismatch = Arrays.mismatch(first, text);
            shared = Math.min(shared, Math.min(text.length - 1, mismatch < 0 ? text.length : mismatch));
        }
        return shared;
    }
}
