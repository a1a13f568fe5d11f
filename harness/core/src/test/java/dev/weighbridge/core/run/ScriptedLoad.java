package dev.weighbridge.core.run;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.ClientErrors;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A load generator that offers nothing and reports a request every 20 ms, each answered after 10 ms. */
final class ScriptedLoad implements LoadGenerator {
    private static final long MILLI = 1_000_000;

    private Runnable atTheEnd = () -> {};

    /** Does this as each load ends, on the thread that measures. */
    void atTheEnd(Runnable action) {
        atTheEnd = action;
    }

    @Override
    public String description() {
        return "scripted";
    }

    @Override
    public LoadRun run(Endpoint endpoint, LoadScenario scenario, @Nullable Path localReport, Sink sink) {
        long start = scenario.warmUp().toNanos();
        long end = start + scenario.duration().toNanos();
        int index = 0;
        for (long intended = 0; intended < end; intended += 20 * MILLI) {
            long first = intended + 10 * MILLI;
            sink.accept(new RequestTiming(
                    index,
                    intended,
                    intended,
                    new long[] {first, first + MILLI},
                    new int[] {1, 1},
                    first + MILLI,
                    5,
                    2,
                    Outcome.COMPLETED,
                    200,
                    null,
                    index,
                    null));
            index++;
        }
        atTheEnd.run();
        return new LoadRun(index, 0, start, end);
    }

    @Override
    public Ceiling calibrate(Duration budget, int serverThreads) {
        return new Ceiling(1e6, 1e6);
    }

    @Override
    public ClientErrors errors(Duration budget, double streamsPerSecond) {
        return new ClientErrors(1, streamsPerSecond, 0, 0, 0, 0, 0);
    }
}
