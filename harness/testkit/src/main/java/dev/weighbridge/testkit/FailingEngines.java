package dev.weighbridge.testkit;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Providers of engines that fail, each in one known way. */
public final class FailingEngines {
    private FailingEngines() {}

    /** A provider whose library is not here: {@code probe} says so and {@code open} throws UNAVAILABLE. */
    public static ScriptedProvider unavailable(String id, String reason, String remedy) {
        return new ScriptedProvider(
                id, ScriptedProvider.everything(), new Availability.Unavailable(reason, remedy), spec -> {
                    throw new AssertionError("an unavailable provider opens nothing");
                });
    }

    /** A provider that is available but whose {@code open} throws the given failure. */
    public static ScriptedProvider failingToOpen(String id, Category category, String message) {
        return ScriptedProvider.opening(id, spec -> {
            throw new EngineException(category, message);
        });
    }

    /** A provider whose engines repeat the prompt for {@code calls} calls and are CRASHED in every later one. */
    public static ScriptedProvider crashingAfter(String id, int calls) {
        return failingAfter(id, calls, Category.CRASHED, "the engine's process ended with exit code 139");
    }

    /** A provider whose engines repeat the prompt for {@code calls} calls and fail in every later one. */
    public static ScriptedProvider failingAfter(String id, int calls, Category category, String message) {
        return ScriptedProvider.opening(
                id,
                spec -> new Failing(
                        ScriptedEngine.answering(id, spec, GenerationRequest::prompt), calls, category, message));
    }

    /** An engine that can generate and nothing else, around another one. */
    public static Engine generatingOnly(Engine engine) {
        return new GeneratingOnly(engine);
    }

    private static final class Failing implements ScoringEngine {
        private final ScoringEngine engine;
        private final int calls;
        private final Category category;
        private final String message;
        private final AtomicInteger seen = new AtomicInteger();

        Failing(ScoringEngine engine, int calls, Category category, String message) {
            this.engine = engine;
            this.calls = calls;
            this.category = category;
            this.message = message;
        }

        @Override
        public EngineInfo info() {
            return engine.info();
        }

        @Override
        public Completion generate(GenerationRequest request, TokenListener listener) {
            failWhenDue();
            return engine.generate(request, listener);
        }

        @Override
        public List<Score> score(String context, List<String> continuations) {
            failWhenDue();
            return engine.score(context, continuations);
        }

        @Override
        public void close() {
            engine.close();
        }

        private void failWhenDue() {
            if (seen.incrementAndGet() > calls) {
                throw new EngineException(category, message);
            }
        }
    }

    private record GeneratingOnly(Engine engine) implements Engine {
        @Override
        public EngineInfo info() {
            return engine.info();
        }

        @Override
        public Completion generate(GenerationRequest request, TokenListener listener) {
            return engine.generate(request, listener);
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
