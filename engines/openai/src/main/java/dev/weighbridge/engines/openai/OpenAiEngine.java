package dev.weighbridge.engines.openai;

import dev.weighbridge.api.ChatEngine;
import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.api.TopLogprobsEngine;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server that speaks OpenAI's interface, as far as this one does. */
class OpenAiEngine implements ChatEngine, EndpointEngine {
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Endpoint endpoint;
    private final EngineInfo info;
    private final OpenAiClient client;
    private final @Nullable ServerProcess process;
    private final @Nullable String metricsPath;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param process of the server where it was started for this engine, which ends it; else {@code null}
     * @param metricsPath of its Prometheus metrics; {@code null} for the usual one
     */
    OpenAiEngine(
            Endpoint endpoint,
            EngineInfo info,
            OpenAiClient client,
            @Nullable ServerProcess process,
            @Nullable String metricsPath) {
        this.endpoint = endpoint;
        this.info = info;
        this.client = client;
        this.process = process;
        this.metricsPath = metricsPath;
    }

    @Override
    public final EngineInfo info() {
        return info;
    }

    @Override
    public final Endpoint endpoint() {
        return endpoint;
    }

    @Override
    public final String metricsPath() {
        return metricsPath == null ? EndpointEngine.super.metricsPath() : metricsPath;
    }

    @Override
    public final OptionalLong processId() {
        return process == null ? OptionalLong.empty() : OptionalLong.of(process.processId());
    }

    /** {@inheritDoc} A server of many workers computes in children of the process that was started. */
    @Override
    public final List<Long> processes() {
        return process == null ? List.of() : process.processes();
    }

    @Override
    public final Completion generate(GenerationRequest request, TokenListener listener) {
        return ask(() -> client.generate(request, listener));
    }

    @Override
    public final Completion chat(List<ChatMessage> messages, GenerationRequest request, TokenListener listener) {
        return ask(() -> client.chat(messages, request, listener));
    }

    @Override
    public final void requireRunning() {
        if (process != null && process.endsWithin(Duration.ZERO)) {
            throw process.crash();
        }
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true) && process != null) {
            process.close();
        }
    }

    final OpenAiClient client() {
        return client;
    }

    final <T> T ask(Supplier<T> call) {
        if (closed.get()) {
            throw new EngineException(Category.FAILED, "engine " + info.engineId() + " is closed");
        }
        try {
            return call.get();
        } catch (EngineException e) {
            throw process == null || closed.get() ? e : process.reasonFor(e, ServerProcess.TIME_TO_DIE);
        }
    }

    /** One that shows how likely it finds a given text. */
    static final class Scoring extends OpenAiEngine implements ScoringEngine, TopLogprobsEngine {
        private static final int FEWEST_OFFERED = 5;

        private final PromptScores scores;

        Scoring(
                Endpoint endpoint,
                EngineInfo info,
                OpenAiClient client,
                @Nullable ServerProcess process,
                @Nullable String metricsPath,
                PromptScores scores) {
            super(endpoint, info, client, process, metricsPath);
            this.scores = scores;
        }

        @Override
        public List<Score> score(String context, List<String> continuations) {
            return ask(() -> scores.of(context, continuations));
        }

        /** {@inheritDoc} A server that gives no more than five, as OpenAI's own, is asked for five. */
        @Override
        public List<Position> topLogprobs(String text, int k) {
            try {
                return ask(() -> client().topLogprobs(text, k));
            } catch (EngineException e) {
                if (e.category() != Category.BAD_REQUEST || k <= FEWEST_OFFERED) {
                    throw e;
                }
                return ask(() -> client().topLogprobs(text, FEWEST_OFFERED));
            }
        }
    }
}
