package dev.weighbridge.inference.reference;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A backend of {@link ReferenceDecoder}s, which writes down what it is called for and can be held up or made to fail. */
public final class ReferenceBackend implements Backend {
    private final List<Call> calls = new ArrayList<>();
    private final Semaphore gate = new Semaphore(0);
    private final AtomicReference<Supplier<? extends Throwable>> stepFailure = new AtomicReference<>();
    private final AtomicReference<Supplier<? extends Throwable>> prefillFailure = new AtomicReference<>();
    private final AtomicInteger logits = new AtomicInteger();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger passed = new AtomicInteger();
    private volatile boolean gated;
    private volatile boolean sessionClosed;

    /** One call of a session: the {@code step} of all rows that answer, the {@code prefill} of each prompt, {@code copy} or {@code clear}. */
    public record Call(String name, int slotOrRows, int past, int tokens) {}

    /** Calls so far, those of the warm-up among them. */
    public List<Call> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }

    public void forgetCalls() {
        synchronized (calls) {
            calls.clear();
        }
        logits.set(0);
    }

    /** Rows of logits that passes computed since calls were last forgotten. */
    public int logits() {
        return logits.get();
    }

    /** Lets no further prefill or step begin until {@link #pass} or {@link #passAll}. */
    public void hold() {
        gate.drainPermits();
        arrived.set(0);
        passed.set(0);
        gated = true;
    }

    /** Lets a number of held calls pass. */
    public void pass(int count) {
        passed.addAndGet(count);
        gate.release(count);
    }

    public void passAll() {
        gated = false;
        gate.release();
    }

    /** Blocks until the call after those that were let pass is held. */
    public void awaitHeld() {
        while (arrived.get() <= passed.get()) {
            Thread.onSpinWait();
        }
    }

    public void failSteps(Supplier<? extends Throwable> failure) {
        stepFailure.set(failure);
    }

    /** Makes every pass fail that has a prompt in it. */
    public void failPrompts(Supplier<? extends Throwable> failure) {
        prefillFailure.set(failure);
    }

    public boolean sessionClosed() {
        return sessionClosed;
    }

    @Override
    public String id() {
        return "reference";
    }

    @Override
    public Set<Precision> precisions(DeviceRequest.Kind device) {
        return device == DeviceRequest.Kind.CPU ? Set.of(Precision.FP32) : Set.of();
    }

    @Override
    public Availability probe() {
        return new Availability.Available(nativeVersion());
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
        return Map.of("instruction_sets", "Java's on " + device);
    }

    @Override
    public Artifact compile(Checkpoint checkpoint, Precision precision, String device, Path folder) {
        return new Artifact(checkpoint, precision, folder, 0);
    }

    @Override
    public DecoderSession load(Artifact artifact, String device, int slots, int contextLength, int threads) {
        return new ObservedSession(ReferenceDecoder.session(artifact.checkpoint(), slots, contextLength));
    }

    private final class ObservedSession implements DecoderSession {
        private final DecoderSession session;

        ObservedSession(DecoderSession session) {
            this.session = session;
        }

        @Override
        public int slots() {
            return session.slots();
        }

        @Override
        public int contextLength() {
            return session.contextLength();
        }

        @Override
        public int vocabularySize() {
            return session.vocabularySize();
        }

        @Override
        public FloatBuffer forward(List<Segment> segments) {
            if (gated) {
                arrived.incrementAndGet();
                gate.acquireUninterruptibly();
            }
            int steps = (int) segments.stream().filter(ObservedSession::goesOn).count();
            List<Call> made = new ArrayList<>();
            if (steps > 0) {
                made.add(new Call("step", steps, 0, steps));
            }
            for (Segment segment : segments) {
                if (!goesOn(segment)) {
                    made.add(new Call("prefill", segment.slot(), segment.past(), segment.tokens().length));
                }
            }
            synchronized (calls) {
                calls.addAll(made);
            }
            logits.addAndGet(segments.stream().mapToInt(Segment::rows).sum());
            throwPlanned(steps > 0 ? stepFailure.get() : null);
            throwPlanned(made.size() > (steps > 0 ? 1 : 0) ? prefillFailure.get() : null);
            return session.forward(segments);
        }

        private static boolean goesOn(Segment segment) {
            return segment.past() > 0 && segment.tokens().length == 1;
        }

        private static void throwPlanned(@Nullable Supplier<? extends Throwable> planned) {
            if (planned != null) {
                throw ReferenceBackend.<RuntimeException>raise(planned.get());
            }
        }

        @Override
        public void copy(int from, int to, int length) {
            synchronized (calls) {
                calls.add(new Call("copy", from, to, length));
            }
            session.copy(from, to, length);
        }

        @Override
        public void clear(int slot) {
            synchronized (calls) {
                calls.add(new Call("clear", slot, 0, 0));
            }
            session.clear(slot);
        }

        @Override
        public void close() {
            sessionClosed = true;
            session.close();
        }
    }

    /** Throws errors and exceptions alike, as native code does; its result is never seen. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public static <T extends Throwable> T raise(Throwable failure) throws T {
        throw (T) failure;
    }
}
