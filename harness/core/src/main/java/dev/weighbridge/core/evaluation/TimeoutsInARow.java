package dev.weighbridge.core.evaluation;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts calls of an engine that got nothing in time, without an answer of any kind between them. Safe for use by several threads. */
public final class TimeoutsInARow {
    /** So many, and an engine counts as hung: each further question would only wait as long again. */
    public static final int MOST = 3;

    private final AtomicInteger count = new AtomicInteger();

    /** Notes how a call went. Once the engine counts as hung it stays so, whatever comes late. */
    public void note(boolean timedOut) {
        count.updateAndGet(before -> timedOut ? before + 1 : before >= MOST ? before : 0);
    }

    public boolean hung() {
        return count.get() >= MOST;
    }
}
