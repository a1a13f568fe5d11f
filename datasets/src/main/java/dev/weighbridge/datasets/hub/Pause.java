package dev.weighbridge.datasets.hub;

import java.time.Duration;

/** Waits; in tests it only takes note. */
@FunctionalInterface
public interface Pause {
    /** Lets the thread sleep. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

    /**
     * Returns when the time is over.
     *
     * @throws InterruptedException when the thread is interrupted meanwhile
     */
    void of(Duration duration) throws InterruptedException;
}
