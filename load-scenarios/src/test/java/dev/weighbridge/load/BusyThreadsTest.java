package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BusyThreadsTest {
    @Test
    void threadsAreBusyUntilTheyAreClosed() {
        List<Thread> threads;
        try (BusyThreads busy = BusyThreads.start(2)) {
            threads = busy.threads();
            assertThat(threads)
                    .hasSize(2)
                    .allMatch(thread -> thread.getState() == Thread.State.RUNNABLE)
                    .allMatch(Thread::isDaemon);
        }
        assertThat(threads).noneMatch(Thread::isAlive);
    }
}
