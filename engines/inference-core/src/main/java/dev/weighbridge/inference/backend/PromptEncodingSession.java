package dev.weighbridge.inference.backend;

import dev.weighbridge.inference.backend.Segment.Wanted;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lets a model with an encoder be used as one that reads its prompt itself, so that schedulers, sampler and server need not know
 * the difference: a sequence is its prompt and then its answer. The prompt, in however many chunks it comes, goes to the encoder
 * once its last token's logits are wanted; these are the logits of the decoder's start token.
 *
 * <p>Where logits of every token of a prompt are wanted, the decoder is given the prompt as its own answer: row i predicts the
 * token after token i of it, by a model that has read all of it. Such a segment must hold the whole prompt.
 */
public final class PromptEncodingSession implements DecoderSession {
    /** Tokens that a decoder's sequence has before its answer. */
    public static final int START = 1;

    private final EncoderDecoderSession model;
    private final SessionBounds bounds;
    private final int startToken;
    private final int[][] prompts;
    /** Position of a sequence less that of the decoder, once its prompt was read. */
    private final int[] offsets;

    private final boolean[] read;

    /**
     * A view of a session.
     *
     * @param model closed with this; its slots hold one token more than this view's, for the start token
     * @param startToken that begins the decoder's sequence
     */
    public PromptEncodingSession(EncoderDecoderSession model, int startToken) {
        this.model = model;
        this.startToken = startToken;
        bounds = new SessionBounds(model.slots(), model.contextLength() - START, model.vocabularySize());
        prompts = new int[model.slots()][0];
        offsets = new int[model.slots()];
        read = new boolean[model.slots()];
    }

    @Override
    public int slots() {
        return model.slots();
    }

    @Override
    public int contextLength() {
        return bounds.contextLength();
    }

    @Override
    public int vocabularySize() {
        return model.vocabularySize();
    }

    @Override
    public FloatBuffer forward(List<Segment> segments) {
        int rows = bounds.require(segments);
        List<Segment> decoded = new ArrayList<>();
        int leftOut = -1;
        int row = 0;
        for (Segment segment : segments) {
            int slot = segment.slot();
            if (segment.past() < prompts[slot].length) {
                // Another prompt, or the same once more after a pass that failed.
                read[slot] = false;
                prompts[slot] = Arrays.copyOf(prompts[slot], segment.past());
            }
            if (read[slot]) {
                decoded.add(new Segment(
                        slot, segment.past() - offsets[slot], segment.tokens(), segment.wanted(), segment.from()));
            } else {
                append(segment);
                if (segment.wanted() == Wanted.LAST) {
                    decoded.add(begin(slot, prompts[slot].length - 1, new int[0], Wanted.LAST));
                } else if (segment.wanted() == Wanted.ALL) {
                    requireWhole(segment);
                    if (leftOut >= 0) {
                        throw new IllegalArgumentException("two whole prompts with all their logits in one pass");
                    }
                    leftOut = row;
                    decoded.add(begin(slot, -1, prompts[slot], Wanted.ALL));
                }
            }
            row += segment.rows();
        }
        if (decoded.isEmpty()) {
            return FloatBuffer.allocate(0);
        }
        FloatBuffer logits = model.forward(decoded);
        return leftOut < 0 ? logits : without(leftOut, rows, logits);
    }

    private void append(Segment segment) {
        int slot = segment.slot();
        int[] joined = Arrays.copyOf(prompts[slot], segment.past() + segment.tokens().length);
        System.arraycopy(segment.tokens(), 0, joined, segment.past(), segment.tokens().length);
        prompts[slot] = joined;
    }

    private Segment begin(int slot, int offset, int[] forced, Wanted wanted) {
        model.encode(slot, prompts[slot]);
        read[slot] = true;
        offsets[slot] = offset;
        int[] tokens = new int[forced.length + 1];
        tokens[0] = startToken;
        System.arraycopy(forced, 0, tokens, 1, forced.length);
        return new Segment(slot, 0, tokens, wanted);
    }

    private static void requireWhole(Segment segment) {
        if (segment.past() > 0 || segment.from() > 0) {
            throw new IllegalArgumentException("logits of every token are wanted of the rest of a prompt after "
                    + (segment.past() + segment.from()) + " tokens; an encoder reads a prompt as a whole");
        }
    }

    /** The rows without the start token's, which nobody asked for. */
    private FloatBuffer without(int row, int rows, FloatBuffer logits) {
        int width = vocabularySize();
        FloatBuffer kept = ByteBuffer.allocateDirect(Math.multiplyExact(rows * width, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        kept.put(logits.duplicate().position(0).limit(row * width));
        kept.put(logits.duplicate().limit((rows + 1) * width).position((row + 1) * width));
        return kept.flip();
    }

    @Override
    public void copy(int from, int to, int length) {
        bounds.requireCopy(from, to, length);
        prompts[to] = Arrays.copyOf(prompts[from], Math.min(length, prompts[from].length));
        read[to] = read[from] && length >= prompts[from].length;
        offsets[to] = offsets[from];
        if (read[to]) {
            model.copy(from, to, Math.max(0, length - offsets[from]));
        }
    }

    @Override
    public void clear(int slot) {
        bounds.requireSlot(slot);
        prompts[slot] = new int[0];
        read[slot] = false;
        model.clear(slot);
    }

    @Override
    public void close() {
        model.close();
    }
}
