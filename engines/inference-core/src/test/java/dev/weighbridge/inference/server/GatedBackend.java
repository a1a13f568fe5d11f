package dev.weighbridge.inference.server;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.reference.ReferenceBackend;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A tensor library in place of which a fixed function of token and position gives the logits, so that tests of what lies
 * above it are fast and repeatable. Its steps can be held at a gate and told to fail.
 */
public class GatedBackend implements Backend {
    public static final String ID = "gated";

    private static final float NEVER = -1000;

    private final Semaphore steps = new Semaphore(0);
    private final AtomicBoolean gated = new AtomicBoolean();
    private final AtomicBoolean failing = new AtomicBoolean();

    /** Holds every further step until it is allowed. */
    void close() {
        steps.drainPermits();
        gated.set(true);
    }

    /** Lets some of the held steps pass. */
    void allow(int count) {
        steps.release(count);
    }

    /** Lets every step pass again. */
    void open() {
        gated.set(false);
        steps.release(1);
    }

    /** Makes every further step fail. */
    void failSteps() {
        failing.set(true);
    }

    /** Called before each step. */
    void beforeStep() {}

    /** What a step that was told to fail throws. */
    Throwable stepFailure() {
        return new EngineException(Category.FAILED, "the step was told to fail");
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Set<Precision> precisions(DeviceRequest.Kind device) {
        return device == DeviceRequest.Kind.CPU ? Set.of(Precision.FP32) : Set.of();
    }

    @Override
    public Availability probe() {
        return new Availability.Available("1");
    }

    @Override
    public String resolveDevice(DeviceRequest request) {
        return "cpu";
    }

    @Override
    public String nativeVersion() {
        return "1";
    }

    @Override
    public Map<String, String> kernelFacts(Precision precision, String device) {
        return Map.of();
    }

    @Override
    public Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder) {
        return new Artifact(checkpoint, precision, folder, 0);
    }

    @Override
    public DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads) {
        return new Session(artifact.checkpoint(), slots, contextLength);
    }

    private final class Session implements DecoderSession {
        private final Checkpoint checkpoint;
        private final int slots;
        private final int contextLength;

        Session(Checkpoint checkpoint, int slots, int contextLength) {
            this.checkpoint = checkpoint;
            this.slots = slots;
            this.contextLength = contextLength;
        }

        @Override
        public int slots() {
            return slots;
        }

        @Override
        public int contextLength() {
            return contextLength;
        }

        @Override
        public int vocabularySize() {
            return checkpoint.definition().vocabularySize();
        }

        @Override
        public FloatBuffer forward(List<Segment> segments) {
            if (segments.stream().anyMatch(segment -> segment.past() > 0 && segment.tokens().length == 1)) {
                beforeStep();
                pass();
            }
            FloatBuffer logits = FloatBuffer.allocate(
                    segments.stream().mapToInt(Segment::rows).sum() * vocabularySize());
            for (Segment segment : segments) {
                int count = segment.tokens().length;
                for (int i = count - segment.rows(); i < count; i++) {
                    row(logits, segment.tokens()[i], segment.past() + i);
                }
            }
            return logits.flip();
        }

        @Override
        public void clear(int slot) {}

        @Override
        public void copy(int from, int to, int length) {
            // A row depends on its last token and its length alone: there is no cache to copy.
        }

        @Override
        public void close() {
            gated.set(false);
        }

        private void row(FloatBuffer logits, int token, int position) {
            for (int next = 0; next < vocabularySize(); next++) {
                boolean end = checkpoint.endOfSequence().contains(next);
                int mixed = (token * 31 + position) * 0x9E3779B1 ^ next * 0x85EBCA6B;
                mixed ^= mixed >>> 15;
                logits.put(end ? NEVER : (mixed & 0xffff) / 8192f);
            }
        }

        private void pass() {
            if (failing.get()) {
                throw ReferenceBackend.<RuntimeException>raise(stepFailure());
            }
            if (gated.get()) {
                steps.acquireUninterruptibly();
            }
        }
    }
}
