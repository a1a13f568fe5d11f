package dev.weighbridge.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.gateway.guard.LimitedBody;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests, asks the stages, and hands on. */
final class Proxy extends Handler.Abstract.NonBlocking {
    /** The gateway's own counters. */
    static final String COUNTERS = "/weighbridge/gateway";

    private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

    private final Gateway.Options options;
    private final List<Stage> stages;
    private final Executor calls;
    private final Upstream upstream;
    private final Replies replies = new Replies();
    private final Semaphore room;
    private final LongAdder requests = new LongAdder();
    private final LongAdder upstreamErrors = new LongAdder();

    Proxy(Gateway.Options options, List<Stage> stages, Executor calls) {
        this.options = options;
        this.stages = List.copyOf(stages);
        this.calls = calls;
        this.upstream = new Upstream(options.upstream(), options.timeout(), calls);
        this.room = new Semaphore(options.maximumRequests());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        String path = Request.getPathInContext(request);
        if (path.equals(COUNTERS)) {
            exchange.respond(200, "application/json", counters());
            return true;
        }
        if (request.getLength() > options.maximumBodyBytes()) {
            exchange.fail(tooLarge());
            return true;
        }
        if (!room.tryAcquire()) {
            exchange.fail(GatewayException.of(
                    429,
                    "gateway_full",
                    options.maximumRequests()
                            + " requests are on their way already, which is the limit. Try again later"));
            return true;
        }
        Request.addCompletionListener(request, failure -> {
            room.release();
            idleTimeout(request, options.idleTimeout());
        });
        idleTimeout(request, BODY_TIMEOUT);
        Content.Source.asByteArrayAsync(
                request,
                options.maximumBodyBytes(),
                Promise.Invocable.from(
                        Invocable.InvocationType.NON_BLOCKING,
                        bytes -> hand(exchange, path, bytes),
                        failure -> exchange.fail(bodyFailure(failure))));
        return true;
    }

    private void hand(Exchange exchange, String path, byte[] bytes) {
        idleTimeout(exchange.request(), options.idleTimeout());
        try {
            calls.execute(() -> {
                try {
                    route(exchange, path, bytes);
                } catch (RuntimeException | Error e) {
                    exchange.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            exchange.fail(GatewayException.of(503, "closing", "the gateway is closing"));
        }
    }

    private void route(Exchange exchange, String path, byte[] bytes) {
        Optional<Route> route = Route.of(path);
        if (route.isPresent() && exchange.request().getMethod().equals("POST")) {
            requests.increment();
            generate(exchange, route.get(), bytes);
        } else if (options.passOthers() || route.isPresent() || known(path)) {
            forward(exchange, bytes, List.of(), null);
        } else {
            exchange.fail(GatewayException.of(404, "unknown_path", "this gateway does not let this path through"));
        }
    }

    private static boolean known(String path) {
        return path.equals("/health") || path.equals("/v1/models") || path.equals("/metrics");
    }

    private void generate(Exchange exchange, Route route, byte[] bytes) {
        if (stages.isEmpty()) {
            forward(exchange, bytes, List.of(), null);
            return;
        }
        Call call = Call.parse(route, bytes);
        List<Stage> asked = new ArrayList<>();
        for (Stage stage : stages) {
            Before before = stage.before(call, exchange.passage());
            if (before instanceof Before.Go go) {
                call = go.call();
                asked.add(stage);
            } else if (before instanceof Before.Answer answer) {
                answer(exchange, call, filters(asked, call, exchange), answer);
                return;
            } else if (before instanceof Before.Refuse refuse) {
                exchange.stageHeaders();
                exchange.respond(refuse.status(), refuse.body());
                return;
            }
        }
        forward(exchange, call.bytes(), filters(asked, call, exchange), call);
    }

    /** Makers of filters for the stages that want to see the answer, the last stage first. */
    private static List<Supplier<AnswerFilter>> filters(List<Stage> asked, Call call, Exchange exchange) {
        List<Supplier<AnswerFilter>> filters = new ArrayList<>();
        for (Stage stage : asked) {
            if (stage.seesAnswers(call)) {
                filters.add(0, () -> stage.after(call, exchange.passage()));
            }
        }
        return filters;
    }

    private static AnswerFilter filter(List<Supplier<AnswerFilter>> makers) {
        return new FilterChain(makers.stream().map(Supplier::get).toList());
    }

    private void answer(Exchange exchange, Call call, List<Supplier<AnswerFilter>> makers, Before.Answer answer) {
        AnswerFilter filter = filter(makers);
        AnswerFilter.Release first = filter.accept(answer.text());
        AnswerFilter.Release last =
                first.finishReason() == null ? filter.end(answer.finishReason()) : AnswerFilter.Release.NOTHING;
        String reason = first.finishReason() != null ? first.finishReason() : last.finishReason();
        exchange.stageHeaders();
        exchange.respond(
                200,
                call.stream() ? "text/event-stream; charset=utf-8" : "application/json",
                replies.body(
                        call,
                        first.text() + last.text(),
                        reason == null ? answer.finishReason() : reason,
                        answer.tokens()));
    }

    private void forward(Exchange exchange, byte[] body, List<Supplier<AnswerFilter>> makers, @Nullable Call call) {
        CompletableFuture<?> unused = upstream.ask(exchange.request(), body, !makers.isEmpty())
                .whenComplete((answer, failure) -> {
                    try {
                        if (failure != null) {
                            exchange.fail(upstreamFailure(failure));
                        } else {
                            receive(exchange, answer, makers, call);
                        }
                    } catch (RuntimeException | Error e) {
                        exchange.fail(e);
                    }
                });
    }

    private void receive(
            Exchange exchange,
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
            List<Supplier<AnswerFilter>> makers,
            @Nullable Call call) {
        String type = answer.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
        if (makers.isEmpty() || call == null || answer.statusCode() / 100 != 2) {
            relay(
                    exchange,
                    answer,
                    Rewriter.none(),
                    call != null
                            || Route.of(Request.getPathInContext(exchange.request()))
                                    .isPresent());
        } else if (!answer.headers()
                .firstValue("content-encoding")
                .orElse("identity")
                .equalsIgnoreCase("identity")) {
            answer.body().subscribe(new LimitedBody(0));
            exchange.fail(upstreamFailure(GatewayException.upstream(
                    "the server's answer has a content coding, in which guards cannot read it")));
        } else if (type.startsWith("text/event-stream")) {
            Passage passage = exchange.passage();
            Rewriter rewriter = new EventRewriter(() -> filter(makers), () -> comment(passage), call.choices());
            relay(exchange, answer, rewriter, true);
        } else {
            whole(exchange, answer, makers);
        }
    }

    private static String comment(Passage passage) {
        List<String> parts = new ArrayList<>();
        passage.headers().forEach((name, value) -> parts.add(name + "=" + value));
        return String.join(" ", parts);
    }

    private static void relay(
            Exchange exchange,
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
            Rewriter rewriter,
            boolean withStages) {
        if (!exchange.claim()) {
            answer.body().subscribe(new LimitedBody(0));
            return;
        }
        try {
            Upstream.head(answer, exchange, !(rewriter instanceof EventRewriter));
            if (withStages) {
                exchange.stageHeaders();
            }
            answer.body().subscribe(new Relay(exchange, rewriter));
        } catch (RuntimeException | Error e) {
            // The right to answer is taken, so that nobody else would end the exchange.
            exchange.callback().failed(e);
            throw e;
        }
    }

    private void whole(
            Exchange exchange,
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
            List<Supplier<AnswerFilter>> makers) {
        LimitedBody body = new LimitedBody(options.maximumAnswerBytes());
        answer.body().subscribe(body);
        CompletionStage<?> unused = body.getBody().whenComplete((bytes, failure) -> {
            if (failure != null) {
                exchange.fail(upstreamFailure(failure));
                return;
            }
            try {
                byte[] filtered = new WholeAnswer(() -> filter(makers)).rewrite(bytes);
                Upstream.head(answer, exchange, false);
                exchange.stageHeaders();
                exchange.respond(
                        200, answer.headers().firstValue("content-type").orElse("application/json"), filtered);
            } catch (GatewayException e) {
                exchange.fail(upstreamFailure(e));
            } catch (RuntimeException | Error e) {
                exchange.fail(e);
            }
        });
    }

    private Throwable upstreamFailure(Throwable failure) {
        upstreamErrors.increment();
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof GatewayException) {
            return cause;
        }
        if (cause instanceof HttpTimeoutException) {
            return GatewayException.of(504, "upstream_timeout", "the server behind the gateway did not answer in time");
        }
        if (cause instanceof IOException) {
            LOG.warn("the server behind the gateway failed: {}", cause.toString());
            return GatewayException.upstream("the server behind the gateway did not answer to its end");
        }
        return cause;
    }

    /** Jetty reports a body beyond the bound by an unchecked exception, anything else by a checked one. */
    private GatewayException bodyFailure(Throwable failure) {
        return failure instanceof IOException || failure instanceof TimeoutException
                ? GatewayException.badRequest("invalid_body", "the body could not be read to its end")
                : tooLarge();
    }

    private GatewayException tooLarge() {
        return GatewayException.of(
                413, "request_too_large", "the body is larger than " + options.maximumBodyBytes() + " bytes");
    }

    private byte[] counters() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("requests", requests.sum());
        all.put("upstream_errors", upstreamErrors.sum());
        List<Map<String, Object>> ofStages = new ArrayList<>();
        for (Stage stage : stages) {
            Map<String, Object> ofStage = new LinkedHashMap<>();
            ofStage.put("id", stage.id());
            ofStage.putAll(stage.counters());
            ofStages.add(ofStage);
        }
        all.put("stages", ofStages);
        try {
            return JSON.writeValueAsBytes(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stage counts what is no value of JSON", e);
        }
    }

    private static void idleTimeout(Request request, Duration time) {
        request.getConnectionMetaData().getConnection().getEndPoint().setIdleTimeout(time.toMillis());
    }
}
