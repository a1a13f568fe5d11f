package dev.weighbridge.engines.triton;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import dev.weighbridge.engines.openai.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A model of a server that speaks KServe's second protocol. It scores no texts: the protocol has no call that tells how likely a given
 * text is.
 */
class TritonEngine implements Engine {
    private final EngineInfo info;
    private final Conversation conversation;
    private final @Nullable ServerProcess process;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * How a model is asked.
     *
     * @param transport to its server, which the engine closes
     * @param streamed whether answers come in pieces
     */
    record Conversation(
            Transport transport, Transport.Model model, Tensors tensors, Questions questions, boolean streamed) {
        Completion generate(GenerationRequest request, TokenListener listener) {
            Question question = questions.question(request);
            return new Reading(tensors, request, listener).read(transport.ask(model, question, streamed));
        }
    }

    /**
     * An open engine.
     *
     * @param process of the server where it was started for this engine, which ends it; else {@code null}
     */
    TritonEngine(EngineInfo info, Conversation conversation, @Nullable ServerProcess process) {
        this.info = info;
        this.conversation = conversation;
        this.process = process;
    }

    @Override
    public final EngineInfo info() {
        return info;
    }

    @Override
    public final Completion generate(GenerationRequest request, TokenListener listener) {
        if (closed.get()) {
            throw new EngineException(Category.FAILED, "engine " + info.engineId() + " is closed");
        }
        try {
            return conversation.generate(request, listener);
        } catch (EngineException e) {
            throw process == null || closed.get() ? e : process.reasonFor(e, ServerProcess.TIME_TO_DIE);
        }
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            conversation.transport().close();
            if (process != null) {
                process.close();
            }
        }
    }

    final @Nullable ServerProcess process() {
        return process;
    }

    /** One with a stream over HTTP, which is what a load can be offered to. */
    static final class Served extends TritonEngine implements EndpointEngine {
        private final Endpoint endpoint;
        private final @Nullable String metricsPath;

        /**
         * An open engine.
         *
         * @param metricsPath of its Prometheus metrics, or their address; {@code null} for the usual one
         */
        Served(
                EngineInfo info,
                Conversation conversation,
                @Nullable ServerProcess process,
                Endpoint endpoint,
                @Nullable String metricsPath) {
            super(info, conversation, process);
            this.endpoint = endpoint;
            this.metricsPath = metricsPath;
        }

        @Override
        public Endpoint endpoint() {
            return endpoint;
        }

        @Override
        public String metricsPath() {
            return metricsPath == null ? EndpointEngine.super.metricsPath() : metricsPath;
        }

        @Override
        public OptionalLong processId() {
            ServerProcess server = process();
            return server == null ? OptionalLong.empty() : OptionalLong.of(server.processId());
        }

        /** {@inheritDoc} Models of Triton's Python backend run in processes of their own. */
        @Override
        public List<Long> processes() {
            ServerProcess server = process();
            return server == null ? List.of() : server.processes();
        }

        @Override
        public void requireRunning() {
            ServerProcess server = process();
            if (server != null && server.endsWithin(Duration.ZERO)) {
                throw server.crash();
            }
        }
    }
}
