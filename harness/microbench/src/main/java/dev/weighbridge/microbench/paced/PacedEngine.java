package dev.weighbridge.microbench.paced;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * An engine whose answers say nothing and come when its {@link VirtualWorker} has had its time. It serves in this process:
 * there is nothing in it that could crash, and all it computes is what it writes.
 */
final class PacedEngine implements EndpointEngine {
    private final EngineInfo info;
    private final VirtualWorker worker;
    private final PacedServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    PacedEngine(EngineInfo info, PacedModel model) {
        this.info = info;
        this.worker = model.worker();
        this.server = PacedServer.start(model, worker);
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Completion generate(GenerationRequest request, TokenListener listener) {
        if (closed.get()) {
            throw new EngineException(Category.FAILED, "engine " + info.engineId() + " is closed");
        }
        if (request.maxTokens() > PacedModel.MOST_TOKENS) {
            throw new EngineException(
                    Category.BAD_REQUEST,
                    "an answer has at most " + PacedModel.MOST_TOKENS + " tokens, got: " + request.maxTokens());
        }
        VirtualWorker.Service service = worker.reserve(System.nanoTime());
        String whole = PacedModel.TOKEN.repeat(request.maxTokens());
        int end = request.stop().stream()
                .filter(stop -> !stop.isEmpty())
                .mapToInt(whole::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(whole.length());
        int tokens = 0;
        for (int at = 0; at < end; at += PacedModel.TOKEN.length()) {
            tokens++;
            await(service.due(tokens, request.maxTokens()));
            listener.onText(whole.substring(at, Math.min(end, at + PacedModel.TOKEN.length())));
        }
        return new Completion(
                whole.substring(0, end),
                PacedModel.promptTokens(request.prompt()),
                Math.max(1, tokens),
                end < whole.length() ? FinishReason.STOP : FinishReason.LENGTH);
    }

    private static void await(long due) {
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
            LockSupport.parkNanos(wait);
            if (Thread.currentThread().isInterrupted()) {
                throw new EngineException(Category.FAILED, "interrupted while it waited for a token");
            }
        }
    }

    @Override
    public Endpoint endpoint() {
        return Endpoint.of(server.endpoint(), info().modelName());
    }

    /** Absent: the processor time of the server is the client's. */
    @Override
    public OptionalLong processId() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            server.close();
        }
    }
}
