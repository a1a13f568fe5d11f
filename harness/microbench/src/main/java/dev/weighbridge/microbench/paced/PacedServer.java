package dev.weighbridge.microbench.paced;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An OpenAI-like server of streamed completions over one {@link VirtualWorker}. A request whose client goes away has had its
 * time of the worker all the same. Listens on the loopback address only.
 */
final class PacedServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final String PATH = "/v1/completions";
    private static final int MAXIMUM_BODY_BYTES = 1 << 20;
    private static final long KEEP_ALIVE_MILLIS = 600_000;
    private static final byte[] DONE = data("[DONE]");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PacedModel model;
    private final VirtualWorker worker;
    private final byte[] event;
    private final byte[] lastEvent;
    private final Server server;
    private final ServerConnector connector;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PacedServer(PacedModel model, VirtualWorker worker) {
        this.model = model;
        this.worker = worker;
        event = event(false);
        lastEvent = event(true);
        timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "paced-timer");
            thread.setDaemon(true);
            return thread;
        });
        QueuedThreadPool threads = new QueuedThreadPool(8, 3);
        threads.setName("paced-http");
        threads.setDaemon(true);
        server = new Server(threads);
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
        connector.setHost(HOST);
        connector.setIdleTimeout(KEEP_ALIVE_MILLIS);
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(new Completions());
    }

    /**
     * Starts a server on a free port.
     *
     * @param worker that others may share
     */
    static PacedServer start(PacedModel model, VirtualWorker worker) {
        PacedServer paced = new PacedServer(model, worker);
        try {
            paced.server.start();
        } catch (Exception e) {
            // Jetty declares Exception on its whole life cycle.
            paced.close();
            throw new IllegalStateException("the paced server did not start: " + e.getMessage(), e);
        }
        return paced;
    }

    /** Base address without a path. */
    URI endpoint() {
        return URI.create("http://" + HOST + ":" + connector.getLocalPort());
    }

    /** Frees the port and ends what is being answered. Closing twice has no effect. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            // The connections before the timer, or a request that it takes in no more is answered with an error.
            server.stop();
        } catch (Exception e) {
            // Jetty declares Exception on its whole life cycle.
            throw new IllegalStateException("the paced server did not stop", e);
        } finally {
            timer.shutdownNow();
            server.destroy();
        }
    }

    private byte[] event(boolean last) {
        ObjectNode json = head();
        json.putArray("choices")
                .addObject()
                .put("index", 0)
                .put("text", PacedModel.TOKEN)
                .putNull("logprobs")
                .put("finish_reason", last ? "length" : null);
        return data(json.toString());
    }

    private byte[] usage(CompletionCall call) {
        ObjectNode json = head();
        json.putArray("choices");
        json.putObject("usage")
                .put("prompt_tokens", call.promptTokens())
                .put("completion_tokens", call.tokens())
                .put("total_tokens", call.promptTokens() + call.tokens());
        return data(json.toString());
    }

    private ObjectNode head() {
        return JSON.createObjectNode()
                .put("id", "cmpl-0")
                .put("object", "text_completion")
                .put("created", 0)
                .put("model", model.name());
    }

    private static byte[] data(String text) {
        return ("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private final class Completions extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            if (!Request.getPathInContext(request).equals(PATH)
                    || !request.getMethod().equals("POST")) {
                refuse(response, callback, 404, "there is only POST " + PATH);
                return true;
            }
            Content.Source.asByteArrayAsync(
                    request,
                    MAXIMUM_BODY_BYTES,
                    Promise.Invocable.from(
                            Invocable.InvocationType.NON_BLOCKING,
                            body -> answer(response, callback, body),
                            failure -> refuse(response, callback, 400, "the body cannot be read: " + failure)));
            return true;
        }

        private void answer(Response response, Callback callback, byte[] body) {
            CompletionCall call;
            try {
                call = CompletionCall.parse(body);
            } catch (IllegalArgumentException e) {
                refuse(response, callback, 400, String.valueOf(e.getMessage()));
                return;
            }
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
            new Answer(response, callback, worker.reserve(System.nanoTime()), call).awaitNext();
        }

        private void refuse(Response response, Callback callback, int status, String message) {
            ObjectNode json = JSON.createObjectNode();
            json.putObject("error").put("message", message).put("type", "invalid_request_error");
            byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
            response.setStatus(status);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            response.write(true, ByteBuffer.wrap(body), callback);
        }
    }
    /** One answer: each write waits for its token's time and for the write before it, and carries all that is due by then. */
    private final class Answer implements Callback {
        private final Response response;
        private final Callback completion;
        private final VirtualWorker.Service service;
        private final CompletionCall call;
        private int sent;

        Answer(Response response, Callback completion, VirtualWorker.Service service, CompletionCall call) {
            this.response = response;
            this.completion = completion;
            this.service = service;
            this.call = call;
        }

        void awaitNext() {
            long wait = service.due(sent + 1, call.tokens()) - System.nanoTime();
            try {
                ScheduledFuture<?> unused = timer.schedule(this::write, Math.max(0, wait), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                completion.failed(e);
            }
        }

        private void write() {
            int due = Math.max(sent + 1, service.dueBy(System.nanoTime(), call.tokens()));
            boolean last = due == call.tokens();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            for (int token = sent + 1; token <= due; token++) {
                bytes.writeBytes(token == call.tokens() ? lastEvent : event);
            }
            if (last && call.usage()) {
                bytes.writeBytes(usage(call));
            }
            if (last) {
                bytes.writeBytes(DONE);
            }
            sent = due;
            response.write(last, ByteBuffer.wrap(bytes.toByteArray()), this);
        }

        @Override
        public void succeeded() {
            if (sent == call.tokens()) {
                completion.succeeded();
            } else {
                awaitNext();
            }
        }

        @Override
        public void failed(Throwable failure) {
            completion.failed(failure);
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
