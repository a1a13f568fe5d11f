package dev.weighbridge.inference.batching;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.backend.DecoderSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows in a session's slots: those that decode in slots {@code 0 … n-1}, and at most one whose prompt is being prefilled
 * in slot {@code n}. Used by the scheduler's thread only.
 */
final class RunningBatch {
    private final DecoderSession session;
    private final List<Slot> decoding = new ArrayList<>();
    private final int[] tokens;
    private final int[] lengths;
    private final float[] logits;
    private @Nullable Slot prefilling;

    RunningBatch(DecoderSession session) {
        this.session = session;
        tokens = new int[session.slots()];
        lengths = new int[session.slots()];
        logits = new float[session.vocabularySize()];
    }

    /** A row with what its slot holds. */
    private static final class Slot {
        private final BatchRow row;
        private int length;
        private int next;
        private boolean ended;

        Slot(BatchRow row) {
            this.row = row;
        }
    }

    /** Rows that occupy a slot. */
    int size() {
        return decoding.size() + (prefilling == null ? 0 : 1);
    }

    boolean prefilling() {
        return prefilling != null;
    }

    void beginPrefill(BatchRow row) {
        prefilling = new Slot(row);
    }

    /**
     * Prefills the row that was begun by up to {@code most} tokens; when its prompt is through, it joins the decoding rows or
     * ends.
     *
     * @return tokens that were prefilled, at least 1
     */
    int prefill(int most) {
        Slot slot = prefilling;
        if (slot == null) {
            return 0;
        }
        int[] prompt = slot.row.prompt();
        int count = Math.min(most, prompt.length - slot.length);
        if (slot.row.cancelled()) {
            prefilling = null;
            return Math.max(1, count);
        }
        try {
            int[] chunk = Arrays.copyOfRange(prompt, slot.length, slot.length + count);
            FloatBuffer last = session.prefill(decoding.size(), slot.length, chunk, false);
            slot.length += count;
            if (slot.length == prompt.length) {
                prefilling = null;
                last.get(0, logits);
                if (offer(slot)) {
                    decoding.add(slot);
                }
            }
        } catch (EngineException e) {
            prefilling = null;
            slot.row.fail(e);
        }
        return count;
    }

    /**
     * Decodes one token for every row. Ended rows leave when {@code endedRowsLeave}; otherwise they are computed along until
     * all have ended.
     */
    void step(boolean endedRowsLeave) {
        removeCancelled(endedRowsLeave);
        int rows = decoding.size();
        if (rows == 0) {
            return;
        }
        for (int i = 0; i < rows; i++) {
            Slot slot = decoding.get(i);
            tokens[i] = slot.next;
            lengths[i] = slot.length;
        }
        FloatBuffer all = session.step(rows, tokens, lengths);
        int vocabulary = logits.length;
        for (int i = 0; i < rows; i++) {
            Slot slot = decoding.get(i);
            // Padding may not run over the end of its slot.
            slot.length = Math.min(slot.length + 1, session.contextLength() - 1);
            if (!slot.ended) {
                all.get(i * vocabulary, logits);
                slot.ended = !offer(slot);
            }
        }
        removeEnded(endedRowsLeave);
    }

    void failAll(EngineException failure) {
        Slot slot = prefilling;
        if (slot != null) {
            slot.row.fail(failure);
        }
        prefilling = null;
        decoding.stream().filter(s -> !s.ended).forEach(s -> s.row.fail(failure));
        decoding.clear();
    }

    /** Offers the logits to the row; a row that fails on them fails alone. */
    private boolean offer(Slot slot) {
        try {
            slot.next = slot.row.next(logits);
            return slot.next != BatchRow.END;
        } catch (RuntimeException e) {
            slot.row.fail(BatchScheduler.failure(e));
            return false;
        }
    }

    private void removeCancelled(boolean endedRowsLeave) {
        boolean any = false;
        for (int i = 0; i < decoding.size(); i++) {
            Slot slot = decoding.get(i);
            slot.ended |= slot.row.cancelled();
            any |= slot.ended;
        }
        if (any) {
            removeEnded(endedRowsLeave);
        }
    }

    private void removeEnded(boolean endedRowsLeave) {
        if (!endedRowsLeave) {
            if (decoding.stream().allMatch(slot -> slot.ended)) {
                decoding.clear();
            }
            return;
        }
        for (int i = decoding.size() - 1; i >= 0; i--) {
            if (decoding.get(i).ended) {
                remove(i);
            }
        }
    }

    /** Closes the gap: the last decoding row moves into it, and the prefilling row follows. */
    private void remove(int index) {
        int last = decoding.size() - 1;
        Slot moved = decoding.remove(last);
        if (index != last) {
            session.copySlot(last, index, moved.length);
            decoding.set(index, moved);
        }
        Slot waiting = prefilling;
        if (waiting != null && waiting.length > 0) {
            session.copySlot(last + 1, last, waiting.length);
        }
    }
}
