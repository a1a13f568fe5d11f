package dev.weighbridge.microbench.twins;

import dev.weighbridge.inference.backend.DecoderSession;
import java.nio.FloatBuffer;

/** A session whose computations keep their thread busy for a share longer than they took. */
final class SlowedSession implements DecoderSession {
    private final DecoderSession original;
    private final double slowdown;

    SlowedSession(DecoderSession original, double slowdown) {
        this.original = original;
        this.slowdown = slowdown;
    }

    @Override
    public int slots() {
        return original.slots();
    }

    @Override
    public int contextLength() {
        return original.contextLength();
    }

    @Override
    public int vocabularySize() {
        return original.vocabularySize();
    }

    @Override
    public FloatBuffer prefill(int slot, int past, int[] tokens, boolean allLogits) {
        long start = System.nanoTime();
        FloatBuffer logits = original.prefill(slot, past, tokens, allLogits);
        linger(start);
        return logits;
    }

    @Override
    public FloatBuffer step(int rows, int[] tokens, int[] past) {
        long start = System.nanoTime();
        FloatBuffer logits = original.step(rows, tokens, past);
        linger(start);
        return logits;
    }

    @Override
    public void copySlot(int from, int to, int length) {
        original.copySlot(from, to, length);
    }

    @Override
    public void close() {
        original.close();
    }

    private void linger(long start) {
        long now = System.nanoTime();
        long end = now + (long) ((now - start) * slowdown);
        while (System.nanoTime() < end) {
            // Computing would keep the core busy too; sleeping would leave it to the client.
        }
    }
}
