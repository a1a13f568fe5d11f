package dev.weighbridge.core.telemetry;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * A pause until the machine has nothing to do, for use while nothing of ours runs: what is measured again at once after other
 * processes disturbed it would mostly meet them again.
 */
public final class QuietSpell {
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final double MOST_BUSY = 0.10;
    private static final double NANOS_PER_MICRO = 1e3;

    private final MachineCounters counters;
    private final LongSupplier nanoClock;
    private final Pause pause;
    private final int cores;
    private long patienceNanos;

    /** Lets time pass. */
    interface Pause {
        void take(Duration time) throws InterruptedException;
    }

    QuietSpell(MachineCounters counters, LongSupplier nanoClock, Pause pause, int cores, Duration patience) {
        this.counters = counters;
        this.nanoClock = nanoClock;
        this.pause = pause;
        this.cores = cores;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Pauses on this machine.
     *
     * @param patience that all of them together may take
     */
    public static QuietSpell of(Duration patience) {
        return new QuietSpell(
                new MachineCounters(Path.of("/")),
                System::nanoTime,
                time -> Thread.sleep(time.toMillis()),
                Runtime.getRuntime().availableProcessors(),
                patience);
    }

    /**
     * Waits until the cores are idle, at most for the given time and while there is patience left; not at all where the machine
     * does not tell.
     */
    public void await(Duration most) throws InterruptedException {
        long start = nanoClock.getAsLong();
        long end = start + Math.min(most.toNanos(), patienceNanos);
        boolean busy = true;
        while (busy && nanoClock.getAsLong() < end) {
            OptionalDouble share = busyShare();
            busy = share.isPresent() && share.getAsDouble() > MOST_BUSY;
        }
        patienceNanos -= nanoClock.getAsLong() - start;
    }

    private OptionalDouble busyShare() throws InterruptedException {
        Optional<MachineCounters.Cpu> before = counters.cpu();
        if (before.isEmpty()) {
            return OptionalDouble.empty();
        }
        long start = nanoClock.getAsLong();
        pause.take(LOOK);
        Optional<MachineCounters.Cpu> after = counters.cpu();
        double micros = (nanoClock.getAsLong() - start) / NANOS_PER_MICRO * cores;
        return after.isEmpty() || micros <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((after.get().busyMicros() - before.get().busyMicros()) / micros);
    }
}
