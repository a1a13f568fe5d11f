package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Texts so short that computing what they share anew for each costs less than further passes: all texts of a call, and those of
 * other calls that wait, go through the model in one pass, as long as there are slots that no row uses.
 */
final class ShortTexts {
    private static final int MOST_COMPUTED_TWICE = 96;

    private final BatchScheduler scheduler;
    private final int mostTokens;
    private final int vocabularySize;
    private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();

    /**
     * Texts for a scheduler.
     *
     * @param mostTokens of one pass
     */
    ShortTexts(BatchScheduler scheduler, int mostTokens, int vocabularySize) {
        this.scheduler = scheduler;
        this.mostTokens = mostTokens;
        this.vocabularySize = vocabularySize;
    }

    /** The texts of one call. */
    private static final class Call {
        final List<int[]> texts;
        final TextScoring.ChunkVisitor visitor;
        final int tokens;
        boolean done;

        @Nullable
        RuntimeException failure;

        Call(List<int[]> texts, TextScoring.ChunkVisitor visitor) {
            this.texts = texts;
            this.visitor = visitor;
            this.tokens = texts.stream().mapToInt(text -> text.length).sum();
        }
    }

    /**
     * Visits the texts whole, if they are short and there are slots for them.
     *
     * @param shared tokens that all begin with
     * @return false when nothing was visited
     */
    boolean visited(List<int[]> texts, int shared, TextScoring.ChunkVisitor visitor) {
        Call call = new Call(texts, visitor);
        if (call.tokens > mostTokens || (texts.size() - 1) * shared > MOST_COMPUTED_TWICE) {
            return false;
        }
        waiting.add(call);
        scheduler.<Boolean>exclusively((session, free) -> {
            pass(session, free, call);
            return true;
        });
        waiting.remove(call);
        if (call.failure != null) {
            throw call.failure;
        }
        return call.done;
    }

    /** One pass for a call that waits and others that go with it. On the scheduler's thread, as is all that changes a call. */
    private void pass(DecoderSession session, int free, Call first) {
        if (first.done || first.failure != null || first.texts.size() > free) {
            return;
        }
        List<Call> calls = new ArrayList<>(List.of(first));
        int slots = first.texts.size();
        int tokens = first.tokens;
        for (Call other : waiting) {
            boolean open = other != first && !other.done && other.failure == null;
            if (open && slots + other.texts.size() <= free && tokens + other.tokens <= mostTokens) {
                calls.add(other);
                slots += other.texts.size();
                tokens += other.tokens;
            }
        }
        try {
            run(session, session.slots() - free, calls);
        } catch (RuntimeException e) {
            calls.stream().filter(call -> !call.done).forEach(call -> call.failure = e);
        }
    }

    private void run(DecoderSession session, int firstSlot, List<Call> calls) {
        List<Segment> segments = new ArrayList<>();
        for (Call call : calls) {
            for (int[] text : call.texts) {
                segments.add(new Segment(firstSlot + segments.size(), 0, text, Segment.Wanted.ALL));
            }
        }
        FloatBuffer logits = session.forward(segments);
        int row = 0;
        for (Call call : calls) {
            for (int text = 0; text < call.texts.size(); text++) {
                int length = call.texts.get(text).length;
                FloatBuffer own = logits.slice(row * vocabularySize, length * vocabularySize);
                call.visitor.visit(text, 0, length, own);
                row += length;
            }
            call.done = true;
        }
    }
}
