package dev.weighbridge.microbench.twins;

import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import java.nio.FloatBuffer;
import java.util.List;

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
    public FloatBuffer forward(List<Segment> segments) {
        long start = System.nanoTime();
        FloatBuffer logits = original.forward(segments);
        linger(start);
        return logits;
    }

    @Override
    public void copy(int from, int to, int length) {
        original.copy(from, to, length);
    }

    @Override
    public void clear(int slot) {
        original.clear(slot);
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
