package dev.weighbridge.inference;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.batching.BatchScheduler;
import dev.weighbridge.inference.batching.SpareSlot;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Texts of which so little is to be computed that doing it anew for each costs less than further passes: all texts of a call, and
 * those of other calls that wait, go through the model in one pass, as long as there are slots that no row uses. What a text begins
 * with as the one in the spare slot does, such as the solved questions before each of a task's, is copied from there.
 */
final class ShortTexts {
    private static final int MOST_COMPUTED_TWICE = 96;
    /** A shorter beginning is computed faster than it is looked after. */
    private static final int FEWEST_KEPT = 64;

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
        final int rows;
        private final int shared;
        private final int tokens;
        volatile boolean done;

        volatile @Nullable RuntimeException failure;

        Call(TextScoring.Texts asked) {
            List<int[]> read = asked.read();
            boolean same = read.stream().allMatch(text -> text.length == asked.shared());
            this.computed = same ? read.subList(0, 1) : read;
            this.shared = computed.size() == 1 ? computed.get(0).length : asked.shared();
            this.firsts = same ? new int[] {Arrays.stream(asked.firsts()).min().orElseThrow()} : asked.firsts();
            this.texts = read.size();
            this.visitor = asked.visitor();
            this.tokens = computed.stream().mapToInt(text -> text.length).sum();
            this.rows = tokens - Arrays.stream(this.firsts).sum();
        }

        /** Tokens that all its texts begin with and that the spare slot holds, before any whose logits are wanted; 0 for a few. */
        int kept(SpareSlot slot) {
            int first = Arrays.stream(firsts).min().orElseThrow();
            int kept = Math.min(slot.common(computed.get(0)), Math.min(shared, first));
            return kept < FEWEST_KEPT ? 0 : kept;
        }

        /** Tokens to compute where so many of each text are kept. */
        int tokens(int kept) {
            return tokens - kept * computed.size();
        }

        /** Tokens that are computed once more than they would have to be, where so many of each text are kept. */
        int computedTwice(int kept) {
            return (computed.size() - 1) * (shared - kept);
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
        List<Call> all = questions.stream().map(Call::new).toList();
        IdentityHashMap<TextScoring.Texts, Call> calls = new IdentityHashMap<>();
        for (int question = 0; question < all.size(); question++) {
            Call call = all.get(question);
            if (fits(call) && !beginsAsAnother(call, all)) {
                calls.put(questions.get(question), call);
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

    /** Whether most of a call is what another begins with too, and is not kept: it is computed once for both then. */
    private boolean beginsAsAnother(Call call, List<Call> all) {
        int[] text = call.computed.get(0);
        return call.kept(scheduler.spareSlot()) == 0
                && all.stream()
                        .filter(other -> other != call)
                        .mapToInt(other -> Arrays.mismatch(text, other.computed.get(0)))
                        .anyMatch(mismatch -> mismatch >= Math.max(FEWEST_KEPT, text.length / 2));
    }

    private boolean fits(Call call) {
        return fits(call, call.kept(scheduler.spareSlot()));
    }

    private boolean fits(Call call, int kept) {
        return call.tokens(kept) > 0
                && call.tokens(kept) <= mostTokens
                && call.rows <= mostRows
                && call.computedTwice(kept) <= MOST_COMPUTED_TWICE
                && call.computed.stream().allMatch(text -> text.length > 0);
    }

    /**
     * One pass for a call that waits and others that go with it. On the scheduler's thread, as is all that changes a call. Where
     * the first call goes on from what the spare slot holds, the pass leaves that slot alone.
     */
    private void pass(DecoderSession session, int free, Call first) {
        SpareSlot spare = scheduler.spareSlot();
        boolean goOn = first.kept(spare) > 0;
        int open = goOn ? free - 1 : free;
        Map<Call, Integer> kept = new LinkedHashMap<>();
        int slots = 0;
        int tokens = 0;
        int rows = 0;
        for (Call call : inTurn(first)) {
            int own = goOn ? call.kept(spare) : 0;
            if (!call.done
                    && call.failure == null
                    && fits(call, own)
                    && slots + call.computed.size() <= open
                    && tokens + call.tokens(own) <= mostTokens
                    && rows + call.rows <= mostRows) {
                kept.put(call, own);
                slots += call.computed.size();
                tokens += call.tokens(own);
                rows += call.rows;
            } else if (call == first) {
                return;
            }
        }
        try {
            run(session, session.slots() - free, kept);
        } catch (RuntimeException e) {
            kept.keySet().stream().filter(call -> !call.done).forEach(call -> call.failure = e);
        }
    }

    private List<Call> inTurn(Call first) {
        List<Call> calls = new ArrayList<>(List.of(first));
        waiting.stream().filter(call -> call != first).forEach(calls::add);
        return calls;
    }

    private void run(DecoderSession session, int firstSlot, Map<Call, Integer> calls) {
        List<Segment> segments = new ArrayList<>();
        calls.forEach((call, kept) -> {
            for (int text = 0; text < call.computed.size(); text++) {
                int[] tokens = call.computed.get(text);
                int slot = firstSlot + segments.size();
                if (kept > 0) {
                    session.copy(session.slots() - 1, slot, kept);
                }
                int[] own = Arrays.copyOfRange(tokens, kept, tokens.length);
                segments.add(new Segment(slot, kept, own, Segment.Wanted.ALL, call.firsts[text] - kept));
            }
        });
        if (firstSlot + segments.size() == session.slots()) {
            scheduler.spareSlot().forget();
        }
        FloatBuffer logits = session.forward(segments);
        int row = 0;
        for (Call call : calls.keySet()) {
            for (int text = 0; text < call.computed.size(); text++) {
                int rows = call.computed.get(text).length - call.firsts[text];
                call.visit(text, logits.slice(row * vocabularySize, rows * vocabularySize));
                row += rows;
            }
            call.done = true;
        }
    }
}
