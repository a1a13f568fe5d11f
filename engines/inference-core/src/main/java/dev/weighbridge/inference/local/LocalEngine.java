package dev.weighbridge.inference.local;

import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.ChatTemplateEngine;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.LogitsEngine;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.engines.openai.OpenAiClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** An engine in a process of its own on this machine, driven over its HTTP interface. */
public final class LocalEngine implements ScoringEngine, ChatTemplateEngine, LogitsEngine, EndpointEngine {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration PATIENCE_FOR_HEALTH = Duration.ofSeconds(5);
    private static final Duration TIME_TO_DIE = Duration.ofSeconds(2);
    /** A process that says that its engine has failed answers its requests, writes its reason and then ends. */
    private static final Duration TIME_TO_END = Duration.ofSeconds(15);

    private static final int QUESTIONS_AT_ONCE = 16;

    private final EngineProcess process;
    private final OpenAiClient client;
    private final OpenAiClient impatientClient;
    private final AtomicBoolean closed = new AtomicBoolean();

    LocalEngine(EngineProcess process) {
        this.process = process;
        this.client = new OpenAiClient(keepingPrompts(endpoint()), PATIENCE);
        this.impatientClient = new OpenAiClient(endpoint(), PATIENCE_FOR_HEALTH);
    }

    @Override
    public EngineInfo info() {
        return process.ready().info();
    }

    @Override
    public Completion generate(GenerationRequest request, TokenListener listener) {
        return ask(() -> client.generate(request, listener));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Trailing white space of the context counts as the continuation's, and a token that covers the boundary is the
     * continuation's too.
     */
    @Override
    public List<Score> score(String context, List<String> continuations) {
        return ask(() -> client.scoreContinuations(context, continuations));
    }

    @Override
    public int questionsAtOnce() {
        return QUESTIONS_AT_ONCE;
    }

    @Override
    public List<Scored> scoreAll(List<Question> questions) {
        return ask(() -> client.scoreAll(questions));
    }

    @Override
    public String chatPrompt(List<ChatMessage> messages) {
        return ask(() -> client.chatPrompt(messages));
    }

    @Override
    public Logits logits(String text) {
        return ask(() -> client.logits(text));
    }

    @Override
    public List<String> vocabulary() {
        return ask(client::vocabulary);
    }

    @Override
    public final Endpoint endpoint() {
        return Endpoint.of(process.ready().endpoint(), info().modelName());
    }

    /** What is asked here is never measured, and questions of one task begin alike. Load goes to the endpoint as it is. */
    private static Endpoint keepingPrompts(Endpoint endpoint) {
        return new Endpoint(
                endpoint.base(),
                endpoint.model(),
                endpoint.protocol(),
                endpoint.headers(),
                Map.of("cache_prompt", true));
    }

    @Override
    public OptionalLong processId() {
        return OptionalLong.of(process.ready().processId());
    }

    @Override
    public void requireRunning() {
        if (process.endsWithin(Duration.ZERO)) {
            throw process.crash();
        }
        try {
            ask(() -> impatientClient.get("/health"));
        } catch (EngineException e) {
            // Slow to say how it is, or odd about it, is not gone.
            if (e.category() == Category.CRASHED) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            process.close();
        }
    }

    private <T> T ask(Supplier<T> call) {
        if (closed.get()) {
            throw new EngineException(Category.FAILED, "engine " + info().engineId() + " is closed");
        }
        try {
            return call.get();
        } catch (EngineException e) {
            boolean told = e.category() == Category.CRASHED;
            boolean lost = told || e.getCause() instanceof IOException;
            if (lost && !closed.get() && process.endsWithin(told ? TIME_TO_END : TIME_TO_DIE)) {
                EngineException crash = process.crash();
                crash.addSuppressed(e);
                throw crash;
            }
            throw e;
        }
    }
}
