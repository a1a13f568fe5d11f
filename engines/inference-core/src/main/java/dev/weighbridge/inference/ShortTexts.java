package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
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
    private final int mostRows;
    private final int vocabularySize;
    private final Queue<Call> waiting = new ConcurrentLinkedQueue<>();

    /**
     * Texts for a scheduler.
     *
     * @param mostTokens of one pass
     * @param mostRows of logits of one pass
     */
    ShortTexts(BatchScheduler scheduler, int mostTokens, int mostRows, int vocabularySize) {
        this.scheduler = scheduler;
        this.mostTokens = mostTokens;
        this.mostRows = mostRows;
        this.vocabularySize = vocabularySize;
    }

    /** The texts of one call: computed each by itself, or, where they are all the same, once for all. */
    private static final class Call {
        final List<int[]> computed;
        final int[] firsts;
        final int texts;
        final TextScoring.ChunkVisitor visitor;
        final int shared;
        final int tokens;
        final int rows;
        volatile boolean done;

        volatile @Nullable RuntimeException failure;

        Call(TextScoring.Texts asked) {
            List<int[]> read = asked.read();
            this.shared = asked.shared();
            boolean same = read.stream().allMatch(text -> text.length == shared);
            this.computed = same ? read.subList(0, 1) : read;
            this.firsts = same ? new int[] {Arrays.stream(asked.firsts()).min().orElseThrow()} : asked.firsts();
            this.texts = read.size();
            this.visitor = asked.visitor();
            this.tokens = computed.stream().mapToInt(text -> text.length).sum();
            this.rows = tokens - Arrays.stream(this.firsts).sum();
        }

        /** Hands over the logits of a text that was computed. */
        void visit(int computedText, FloatBuffer logits) {
            int first = firsts[computedText];
            int rows = computed.get(computedText).length - first;
            if (computed.size() == texts) {
                visitor.visit(computedText, first, rows, logits);
                return;
            }
            for (int text = 0; text < texts; text++) {
                visitor.visit(text, first, rows, logits);
            }
        }
    }

    /**
     * Visits the texts of questions whole, if they are short and there are slots for them.
     *
     * @return the questions whose texts were visited
     */
    List<TextScoring.Texts> visited(List<TextScoring.Texts> questions) {
        IdentityHashMap<TextScoring.Texts, Call> calls = new IdentityHashMap<>();
        for (TextScoring.Texts texts : questions) {
            Call call = new Call(texts);
            if (fits(call)) {
                calls.put(texts, call);
            }
        }
        List<Call> inOrder =
                questions.stream().filter(calls::containsKey).map(calls::get).toList();
        waiting.addAll(inOrder);
        try {
            for (Call call : inOrder) {
                if (!call.done && call.failure == null) {
                    scheduler.<Boolean>exclusively((session, free) -> {
                        pass(session, free, call);
                        return true;
                    });
                }
            }
        } finally {
            waiting.removeAll(inOrder);
        }
        for (Call call : inOrder) {
            if (call.failure != null) {
                throw call.failure;
            }
        }
        return questions.stream()
                .filter(texts -> calls.containsKey(texts) && calls.get(texts).done)
                .toList();
    }

    private boolean fits(Call call) {
        return call.tokens > 0
                && call.tokens <= mostTokens
                && call.rows <= mostRows
                && (call.computed.size() - 1) * call.shared <= MOST_COMPUTED_TWICE
                && call.computed.stream().allMatch(text -> text.length > 0);
    }

    /** One pass for a call that waits and others that go with it. On the scheduler's thread, as is all that changes a call. */
    private void pass(DecoderSession session, int free, Call first) {
        if (first.done || first.failure != null || first.computed.size() > free) {
            return;
        }
        List<Call> calls = new ArrayList<>(List.of(first));
        int slots = first.computed.size();
        int tokens = first.tokens;
        int rows = first.rows;
        for (Call other : waiting) {
            boolean open = other != first && !other.done && other.failure == null;
            if (open
                    && slots + other.computed.size() <= free
                    && tokens + other.tokens <= mostTokens
                    && rows + other.rows <= mostRows) {
                calls.add(other);
                slots += other.computed.size();
                tokens += other.tokens;
                rows += other.rows;
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
            for (int text = 0; text < call.computed.size(); text++) {
                int[] tokens = call.computed.get(text);
                segments.add(
                        new Segment(firstSlot + segments.size(), 0, tokens, Segment.Wanted.ALL, call.firsts[text]));
            }
        }
        if (firstSlot + segments.size() == session.slots()) {
            scheduler.spareSlot().forget();
        }
        FloatBuffer logits = session.forward(segments);
        int row = 0;
        for (Call call : calls) {
            for (int text = 0; text < call.computed.size(); text++) {
                int rows = call.computed.get(text).length - call.firsts[text];
                call.visit(text, logits.slice(row * vocabularySize, rows * vocabularySize));
                row += rows;
            }
            call.done = true;
        }
    }
}
