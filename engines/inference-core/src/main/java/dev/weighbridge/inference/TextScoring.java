package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.batching.SpareSlot;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Logits at every position of texts, computed in chunks between the steps of the rows that are answering, so that these never
 * stall for longer than a chunk: short texts of several calls at once while no row runs, others in the scheduler's spare slot, one
 * call at a time.
 */
final class TextScoring {
    private static final int MOST_TOKENS = 256;
    private static final int LEAST_TOKENS = 16;
    private static final int MOST_LOGITS = 1 << 22;

    private final BatchScheduler scheduler;
    private final int mostRows;
    private final boolean whole;
    private final Lock spareSlot = new ReentrantLock();
    private final ShortTexts together;

    /**
     * @param whole whether a text must be computed in one pass, because an encoder reads it
     */
    TextScoring(BatchScheduler scheduler, int vocabularySize, boolean whole) {
        this.scheduler = scheduler;
        this.mostRows = Math.max(LEAST_TOKENS, Math.min(MOST_TOKENS, MOST_LOGITS / vocabularySize));
        this.whole = whole;
        this.together = new ShortTexts(scheduler, MOST_TOKENS, mostRows, vocabularySize);
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
     * text with its chunks in order. The last token of each text is left out: nothing of the text follows it.
     *
     * @param firsts the first position of each text whose logits are wanted, before its last; those of earlier ones are computed only
     *     where another text begins with the same tokens and wants them
     */
    void visitPredictions(List<int[]> texts, int[] firsts, ChunkVisitor visitor) {
        visitPredictions(List.of(Texts.of(texts, firsts, visitor)));
    }

    /**
     * Texts of one question.
     *
     * @param read all but the last token of each, which nothing follows
     * @param shared tokens that all begin with
     * @param firsts the first position of each whose logits are wanted
     * @param visitor takes them
     */
    record Texts(List<int[]> read, int shared, int[] firsts, ChunkVisitor visitor) {
        static Texts of(List<int[]> texts, int[] firsts, ChunkVisitor visitor) {
            List<int[]> read = texts.stream()
                    .map(text -> Arrays.copyOf(text, text.length - 1))
                    .toList();
            return new Texts(read, TextScoring.shared(texts), firsts, visitor);
        }
    }

    /** The same for several questions; those of which little is to be computed go through the model together. */
    void visitPredictions(List<Texts> questions) {
        List<Texts> left = new ArrayList<>(questions);
        while (!left.isEmpty()) {
            if (!whole) {
                left.removeAll(together.visited(left));
            }
            if (!left.isEmpty()) {
                // What it leaves in the spare slot may be what the others begin with, who then go on from there
                // together.
                Texts texts = left.remove(0);
                int[] firsts = whole ? new int[texts.firsts().length] : texts.firsts();
                visit(texts.read(), texts.shared(), firsts, texts.visitor());
            }
        }
    }

    /** Runs a text through the model, its last token too. The visitor is called on the scheduler's thread, with chunks in order. */
    void visitAll(int[] text, ChunkVisitor visitor) {
        visit(List.of(text), 0, new int[1], visitor);
    }

    private void visit(List<int[]> texts, int shared, int[] firsts, ChunkVisitor visitor) {
        spareSlot.lock();
        try {
            int least = Arrays.stream(firsts).min().orElseThrow();
            run(texts.get(0), 0, shared, least, (first, count, logits) -> {
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
                        firsts[text],
                        (first, count, logits) -> visitor.visit(number, first, count, logits));
            }
        } finally {
            spareSlot.unlock();
        }
    }

    /**
     * Runs continuations of a context that an encoder reads once. The visitor is called on the scheduler's thread, for each
     * continuation with the row of its first token, which all share, and then with those of the others.
     */
    void visit(int[] context, List<int[]> continuations, ChunkVisitor visitor) {
        spareSlot.lock();
        try {
            scheduler.<Boolean>exclusively(session -> {
                int slot = session.slots() - 1;
                FloatBuffer first = session.forward(List.of(new Segment(slot, 0, context, Segment.Wanted.LAST)));
                for (int number = 0; number < continuations.size(); number++) {
                    visitor.visit(number, 0, 1, first);
                }
                for (int number = 0; number < continuations.size(); number++) {
                    int[] tokens = continuations.get(number);
                    if (tokens.length > 1) {
                        int[] read = Arrays.copyOf(tokens, tokens.length - 1);
                        Segment forced = new Segment(slot, context.length, read, Segment.Wanted.ALL);
                        visitor.visit(number, 1, read.length, session.forward(List.of(forced)));
                    }
                }
                return true;
            });
        } finally {
            spareSlot.unlock();
        }
    }

    /** Takes the logits of a chunk of one text. */
    private interface Chunks {
        void visit(int first, int count, FloatBuffer logits);
    }

    /** Computes some tokens of a text, of those before {@code wanted} nothing but what the later ones need. */
    private void run(int[] tokens, int begin, int end, int wanted, Chunks chunks) {
        int next = begin;
        while (next < end) {
            int from = next;
            next = scheduler.exclusively(session -> chunk(session, tokens, from, end, wanted, chunks));
        }
    }

    /**
     * Computes a chunk. Where the slot holds the beginning of the text already, that is left out up to the first position that is
     * wanted; where another's text took its place between two chunks, it is computed again.
     *
     * @param next position that is reached
     * @return position that is reached then
     */
    private int chunk(DecoderSession session, int[] tokens, int next, int end, int wanted, Chunks chunks) {
        SpareSlot slot = scheduler.spareSlot();
        int goal = Math.min(end, Math.max(next, wanted));
        int from = whole ? next : Math.min(slot.common(tokens), goal);
        int to = whole ? end : Math.min(end, Math.min(from + MOST_TOKENS, goal + mostRows));
        if (from < to) {
            boolean filling = to <= goal;
            slot.forget();
            FloatBuffer logits = session.forward(List.of(new Segment(
                    session.slots() - 1,
                    from,
                    Arrays.copyOfRange(tokens, from, to),
                    filling ? Segment.Wanted.NONE : Segment.Wanted.ALL,
                    filling ? 0 : goal - from)));
            if (!whole) {
                slot.hold(tokens, to);
            }
            if (filling) {
                return to == end ? end : next;
            }
            chunks.visit(goal, to - goal, logits);
        }
        return to;
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
