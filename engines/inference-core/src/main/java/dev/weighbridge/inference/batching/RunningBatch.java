package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows in a session's first slots, without a gap: those that answer, and after them those whose prompts are not through
 * yet, in the order of their coming. Used by the scheduler's thread only.
 */
final class RunningBatch {
    /** A shorter beginning is computed faster than it is looked after. */
    static final int FEWEST_KEPT = 16;

    private final DecoderSession session;
    private final boolean endedRowsLeave;
    private final SpareSlot spareSlot;
    private final List<Slot> rows = new ArrayList<>();
    private final float[] logits;

    /**
     * @param endedRowsLeave whether rows leave when they end, or are computed along until all have ended
     * @param spareSlot keeps the beginning of a prompt
     */
    RunningBatch(DecoderSession session, boolean endedRowsLeave, SpareSlot spareSlot) {
        this.session = session;
        this.endedRowsLeave = endedRowsLeave;
        this.spareSlot = spareSlot;
        this.logits = new float[session.vocabularySize()];
    }

    /** A row with what its slot holds. */
    private static final class Slot {
        private final BatchRow row;
        private int length;
        private int next;
        private boolean ended;
        private boolean failed;

        Slot(BatchRow row) {
            this.row = row;
        }

        boolean answers() {
            return length >= row.prompt().length;
        }
    }

    /** Rows that occupy a slot. */
    int size() {
        return rows.size();
    }

    /** Rows that are past their prompt. */
    int answering() {
        int count = 0;
        while (count < rows.size() && rows.get(count).answers()) {
            count++;
        }
        return count;
    }

    /** Gives a row the next slot; its prompt is computed in the passes that follow. */
    void admit(BatchRow row) {
        rows.add(new Slot(row));
    }

    /** Gives a row of which nothing is computed yet the beginning of its prompt that is kept. */
    private void takeKept(Slot row, int slot) {
        int[] prompt = row.row.prompt();
        if (row.length == 0 && row.row.keepsPrompt()) {
            int kept = Math.min(spareSlot.common(prompt), prompt.length - 1);
            if (kept >= FEWEST_KEPT) {
                session.copy(session.slots() - 1, slot, kept);
                row.length = kept;
            }
        }
    }

    /** Whether a prompt begins as one that is on its way, so that it will be kept for it. */
    private boolean waits(Slot row, List<Slot> before) {
        int[] prompt = row.row.prompt();
        int enough = Math.max(FEWEST_KEPT, prompt.length / 2);
        return row.length == 0
                && row.row.keepsPrompt()
                && before.stream()
                        .filter(other -> other.row.keepsPrompt())
                        .map(other -> Arrays.mismatch(other.row.prompt(), prompt))
                        .anyMatch(mismatch -> mismatch < 0 || mismatch >= enough);
    }

    /** Keeps a prompt that is through, unless the one that is kept begins with most of it. */
    private void keep(Slot row, int slot) {
        int[] prompt = row.row.prompt();
        if (row.row.keepsPrompt() && prompt.length > FEWEST_KEPT && spareSlot.common(prompt) < prompt.length / 2) {
            spareSlot.forget();
            session.copy(slot, session.slots() - 1, prompt.length);
            spareSlot.hold(prompt, prompt.length);
        }
    }

    /**
     * Runs one forward pass: every row that answers goes on by a token, and prompts by as many tokens as are allowed, the
     * oldest first. Does nothing when there is nothing to do.
     *
     * @param answer whether rows go on answering, or wait for the prompts of others
     * @param mostPromptTokens of all prompts together
     */
    void pass(boolean answer, int mostPromptTokens) {
        removeWhere(true);
        int answering = answering();
        List<Segment> segments = new ArrayList<>();
        if (answer) {
            for (int slot = 0; slot < answering; slot++) {
                segments.add(Segment.next(slot, rows.get(slot).length, rows.get(slot).next));
            }
        }
        int steps = segments.size();
        int left = mostPromptTokens;
        for (int slot = answering; slot < rows.size() && left > 0; slot++) {
            Slot row = rows.get(slot);
            takeKept(row, slot);
            if (waits(row, rows.subList(answering, slot))) {
                break;
            }
            int[] prompt = row.row.prompt();
            int end = Math.min(prompt.length, row.length + Math.min(left, prompt.length - row.length));
            segments.add(new Segment(
                    slot,
                    row.length,
                    Arrays.copyOfRange(prompt, row.length, end),
                    end == prompt.length ? Wanted.LAST : Wanted.NONE));
            left -= end - row.length;
        }
        if (!segments.isEmpty()) {
            run(segments, steps);
        }
        removeWhere(false);
    }

    private void run(List<Segment> segments, int steps) {
        FloatBuffer all;
        try {
            all = session.forward(segments);
        } catch (EngineException e) {
            if (steps == segments.size()) {
                throw e;
            }
            apart(segments, steps, e);
            return;
        }
        take(segments, all);
    }

    /**
     * After a pass that failed: the rows that answer by themselves, whose failure is the engine's, then each prompt by itself,
     * whose failure is its own.
     */
    private void apart(List<Segment> segments, int steps, EngineException failure) {
        List<Segment> answering = segments.subList(0, steps);
        if (steps > 0) {
            take(answering, session.forward(answering));
        }
        List<Segment> prompts = segments.subList(steps, segments.size());
        for (Segment prompt : prompts) {
            EngineException own = failure;
            if (segments.size() > 1) {
                try {
                    take(List.of(prompt), session.forward(List.of(prompt)));
                    continue;
                } catch (EngineException e) {
                    own = e;
                }
            }
            Slot row = rows.get(prompt.slot());
            row.ended = true;
            BatchScheduler.fail(row.row, own);
        }
    }

    private void take(List<Segment> segments, FloatBuffer all) {
        int vocabulary = logits.length;
        int at = 0;
        for (Segment segment : segments) {
            Slot row = rows.get(segment.slot());
            // Padding may not run over the end of its slot.
            row.length = Math.min(segment.past() + segment.tokens().length, session.contextLength() - 1);
            if (segment.wanted() != Wanted.NONE) {
                if (!row.ended) {
                    all.get(at * vocabulary, logits);
                    boolean through = segment.past() < row.row.prompt().length;
                    row.ended = !offer(row, segment.slot());
                    if (through && !row.failed) {
                        keep(row, segment.slot());
                    }
                }
                at++;
            }
        }
    }

    void failAll(EngineException failure) {
        rows.stream().filter(row -> !row.ended).forEach(row -> BatchScheduler.fail(row.row, failure));
        rows.clear();
    }

    /** Offers the logits to the row; a row that fails on them, or that they fail, ends alone. */
    private boolean offer(Slot row, int slot) {
        if (!finite(logits)) {
            // Masked positions are still multiplied, and nothing times not-a-number is not nothing.
            session.clear(slot);
            row.failed = true;
            BatchScheduler.fail(
                    row.row,
                    new EngineException(
                            EngineException.Category.FAILED,
                            "the model gave logits that are not finite. Its weights are damaged, or overflow at this"
                                    + " precision"));
            return false;
        }
        try {
            int token = row.row.next(logits);
            if (token == BatchRow.END) {
                return false;
            }
            row.next = token;
            return true;
        } catch (RuntimeException e) {
            BatchScheduler.fail(row.row, BatchScheduler.failure(e));
            return false;
        }
    }

    /**
     * Whether all are numbers: each times zero is zero then, and not-a-number otherwise. Four sums, since one would wait for itself
     * at every value, which at a vocabulary of 32,000 costs more than the choice of the token.
     */
    static boolean finite(float[] values) {
        float first = 0;
        float second = 0;
        float third = 0;
        float fourth = 0;
        int i = 0;
        for (; i + 3 < values.length; i += 4) {
            first += values[i] * 0;
            second += values[i + 1] * 0;
            third += values[i + 2] * 0;
            fourth += values[i + 3] * 0;
        }
        for (; i < values.length; i++) {
            first += values[i] * 0;
        }
        return first + second + third + fourth == 0;
    }

    /** Lets rows leave that have ended; those that nobody waits for any more are among them where {@code cancelled}. */
    private void removeWhere(boolean cancelled) {
        boolean anyEnded = false;
        for (Slot row : rows) {
            row.ended |= cancelled && row.row.cancelled();
            anyEnded |= row.ended;
        }
        if (!anyEnded) {
            return;
        }
        if (!endedRowsLeave) {
            if (rows.stream().allMatch(row -> row.ended)) {
                rows.clear();
            }
            return;
        }
        for (int slot = rows.size() - 1; slot >= 0; slot--) {
            if (rows.get(slot).ended) {
                remove(slot);
            }
        }
    }

    /** Closes the gap: the last row that answers moves into it, and the last one of all into that one's place. */
    private void remove(int slot) {
        int answering = answering();
        int last = rows.size() - 1;
        int gap = slot;
        if (gap < answering) {
            move(answering - 1, gap);
            gap = answering - 1;
        }
        move(last, gap);
        rows.remove(last);
    }

    private void move(int from, int to) {
        if (from != to) {
            Slot moved = rows.get(from);
            if (moved.length > 0) {
                session.copy(from, to, moved.length);
            }
            rows.set(to, moved);
        }
    }
}
