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
    private final boolean endedRowsLeave;
    private final List<Slot> decoding = new ArrayList<>();
    private final int[] tokens;
    private final int[] lengths;
    private final float[] logits;
    private @Nullable Slot prefilling;

    /**
     * @param endedRowsLeave whether rows leave when they end, or are computed along until all have ended
     */
    RunningBatch(DecoderSession session, boolean endedRowsLeave) {
        this.session = session;
        this.endedRowsLeave = endedRowsLeave;
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

    /** Rows that are past their prompt. */
    int decoding() {
        return decoding.size();
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
     * @return tokens that were prefilled
     */
    int prefill(int most) {
        Slot slot = prefilling;
        if (slot == null) {
            return 0;
        }
        if (slot.row.cancelled()) {
            prefilling = null;
            return 0;
        }
        int[] prompt = slot.row.prompt();
        int count = Math.min(most, prompt.length - slot.length);
        FloatBuffer last;
        try {
            int[] chunk = Arrays.copyOfRange(prompt, slot.length, slot.length + count);
            last = session.prefill(decoding.size(), slot.length, chunk, false);
        } catch (EngineException e) {
            // The other rows' slots are as they were: this row fails alone.
            prefilling = null;
            BatchScheduler.fail(slot.row, e);
            return count;
        }
        slot.length += count;
        if (slot.length == prompt.length) {
            last.get(0, logits);
            slot.ended = !offer(slot);
            // Only now: an error of the row ends everything, and until here the row is among those that are told.
            prefilling = null;
            if (!slot.ended || !endedRowsLeave) {
                decoding.add(slot);
            }
        }
        return count;
    }

    /** Decodes one token for every row. */
    void step() {
        removeCancelled();
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
        boolean anyEnded = false;
        for (int i = 0; i < rows; i++) {
            Slot slot = decoding.get(i);
            // Padding may not run over the end of its slot.
            slot.length = Math.min(slot.length + 1, session.contextLength() - 1);
            if (!slot.ended) {
                all.get(i * vocabulary, logits);
                slot.ended = !offer(slot);
                anyEnded |= slot.ended;
            }
        }
        if (anyEnded) {
            removeEnded();
        }
    }

    void failAll(EngineException failure) {
        Slot slot = prefilling;
        if (slot != null) {
            BatchScheduler.fail(slot.row, failure);
        }
        prefilling = null;
        decoding.stream().filter(s -> !s.ended).forEach(s -> BatchScheduler.fail(s.row, failure));
        decoding.clear();
    }

    /** Offers the logits to the row; a row that fails on them fails alone. */
    private boolean offer(Slot slot) {
        try {
            int token = slot.row.next(logits);
            if (token == BatchRow.END) {
                return false;
            }
            slot.next = token;
            return true;
        } catch (RuntimeException e) {
            BatchScheduler.fail(slot.row, BatchScheduler.failure(e));
            return false;
        }
    }

    private void removeCancelled() {
        boolean anyEnded = false;
        for (int i = 0; i < decoding.size(); i++) {
            Slot slot = decoding.get(i);
            slot.ended |= slot.row.cancelled();
            anyEnded |= slot.ended;
        }
        if (anyEnded) {
            removeEnded();
        }
    }

    private void removeEnded() {
        if (endedRowsLeave) {
            for (int i = decoding.size() - 1; i >= 0; i--) {
                if (decoding.get(i).ended) {
                    remove(i);
                }
            }
        } else if (decoding.stream().allMatch(slot -> slot.ended)) {
            decoding.clear();
        }
    }

    /** Closes the gap: the last decoding row moves into it, and the prefilling row follows. */
    private void remove(int index) {
        int last = decoding.size() - 1;
        Slot moved = decoding.get(last);
        if (index != last) {
            session.copySlot(last, index, moved.length);
            decoding.set(index, moved);
        }
        decoding.remove(last);
        Slot waiting = prefilling;
        if (waiting != null && waiting.length > 0) {
            session.copySlot(last + 1, last, waiting.length);
        }
    }
}
