package dev.weighbridge.spark;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineCapabilities;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.EngineSpec;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.testkit.ScriptedEngine;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine that adds one, and that crashes, or cannot be opened, as often as a test says. In local mode it is the test's own. */
public final class FlakyProvider implements EngineProvider {
    static final AtomicInteger CRASHES = new AtomicInteger();
    static final AtomicInteger BROKEN_OPENINGS = new AtomicInteger();
    static final ConcurrentMap<String, Integer> ASKED = new ConcurrentHashMap<>();
    static final List<ScriptedEngine> OPENED = new CopyOnWriteArrayList<>();

    /** The number whose sum crashes the engine. */
    static volatile String crashAt = "";

    static void reset() {
        CRASHES.set(0);
        BROKEN_OPENINGS.set(0);
        ASKED.clear();
        OPENED.clear();
        crashAt = "";
    }

    @Override
    public String id() {
        return "flaky";
    }

    @Override
    public EngineCapabilities capabilities() {
        return new EngineCapabilities(
                EnumSet.allOf(Precision.class),
                EnumSet.allOf(Batching.Policy.class),
                EnumSet.allOf(DeviceRequest.Kind.class),
                true,
                false);
    }

    @Override
    public Availability probe() {
        return new Availability.Available("test");
    }

    @Override
    public Engine open(EngineSpec spec) {
        if (!OPENED.isEmpty() && BROKEN_OPENINGS.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            // Nothing that an engine says: the task itself dies, as with an executor, and Spark does it again.
            throw new LinkageError("the executor's library is gone");
        }
        ScriptedEngine engine = ScriptedEngine.answering(id(), spec, FlakyProvider::answer);
        OPENED.add(engine);
        return engine;
    }

    private static String answer(GenerationRequest request) {
        String number = request.prompt().split(" ", -1)[0];
        if (number.equals(crashAt) && CRASHES.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new EngineException(EngineException.Category.CRASHED, "gone at " + number);
        }
        ASKED.merge(number, 1, Integer::sum);
        return " " + (Integer.parseInt(number) + 1);
    }
}
