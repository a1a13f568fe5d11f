package dev.weighbridge.load;

import java.util.ArrayList;
import java.util.List;

/** Threads that do nothing but take processor time, as an engine at work would beside the client. */
final class BusyThreads implements AutoCloseable {
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    private BusyThreads() {}

    /** Starts so many; 0 starts none. */
    static BusyThreads start(int count) {
        BusyThreads busy = new BusyThreads();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(busy::spin, "busy-" + i);
            thread.setDaemon(true);
            busy.threads.add(thread);
            thread.start();
        }
        return busy;
    }

    List<Thread> threads() {
        return List.copyOf(threads);
    }

    /** Ends them and waits until they have. */
    @Override
    public void close() {
        over = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Without a spin-wait hint, which would leave the core's other hardware thread more than an engine does. */
    private void spin() {
        while (!over) {
            // Each turn reads the volatile flag: the loop can neither be optimized away nor hold up a safepoint.
        }
    }
}
