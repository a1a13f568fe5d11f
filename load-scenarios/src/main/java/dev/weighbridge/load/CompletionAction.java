package dev.weighbridge.load;

import com.typesafe.scalalogging.Logger;
import dev.weighbridge.api.load.Outcome;
import io.gatling.commons.stats.KO$;
import io.gatling.commons.stats.OK$;
import io.gatling.commons.stats.Status;
import io.gatling.commons.util.Clock;
import io.gatling.core.action.Action;
import io.gatling.core.action.builder.ActionBuilder;
import io.gatling.core.session.Session;
import io.gatling.core.stats.StatsEngine;
import io.gatling.core.structure.ScenarioContext;
import io.gatling.http.client.HttpListener;
import io.gatling.http.client.Request;
import io.gatling.http.client.RequestBuilder;
import io.gatling.http.client.body.bytearray.ByteArrayRequestBodyBuilder;
import io.gatling.http.client.impl.RequestTimeoutException;
import io.gatling.http.client.resolver.InetAddressNameResolver;
import io.gatling.http.client.uri.Uri;
import io.gatling.http.engine.HttpEngine;
import io.gatling.http.protocol.HttpComponents;
import io.gatling.http.protocol.HttpProtocol$;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Sends one streamed request for a user when it is due, and passes the user on when the answer has ended. */
final class CompletionAction implements Action {
    private final Logger logger = Logger.apply(CompletionAction.class);
    private final Traffic traffic;
    private final Action next;
    private final StatsEngine statistics;
    private final Clock clock;
    private final HttpEngine http;
    private final Request[] requests;

    CompletionAction(Traffic traffic, Target target, ScenarioContext context, Action next) {
        this.traffic = traffic;
        this.next = next;
        statistics = context.coreComponents().statsEngine();
        clock = context.coreComponents().clock();
        HttpComponents components =
                context.protocolComponentsRegistry().components(HttpProtocol$.MODULE$.HttpProtocolKey());
        http = components.httpEngine();
        Uri uri = Uri.create(target.address());
        requests = new Request[target.bodies().length];
        for (int i = 0; i < requests.length; i++) {
            requests[i] = request(uri, target, target.bodies()[i]);
        }
    }

    /** Content length is set here, since requests are shared between loops and Gatling would write it later. */
    private static Request request(Uri uri, Target target, byte[] body) {
        HttpHeaders headers = new DefaultHttpHeaders()
                .add(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .add(HttpHeaderNames.ACCEPT, "text/event-stream")
                .add(HttpHeaderNames.USER_AGENT, "weighbridge")
                .add(HttpHeaderNames.CONTENT_LENGTH, body.length);
        return new RequestBuilder("completion", HttpMethod.POST, uri, target.host())
                .setHeaders(headers)
                .setBodyBuilder(new ByteArrayRequestBodyBuilder(body, null))
                .setRequestTimeout(target.timeoutMillis())
                .build();
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public Logger logger() {
        return logger;
    }

    @Override
    public void com$typesafe$scalalogging$StrictLogging$_setter_$logger_$eq(Logger unused) {}

    @Override
    public void execute(Session session) {
        long wait = traffic.due(session.userId()) - System.nanoTime();
        if (wait > 0) {
            // Nothing to wait for or to lose in the future: send passes its failures on itself.
            Future<?> unused = session.eventLoop().schedule(() -> send(session), wait, TimeUnit.NANOSECONDS);
        } else {
            send(session);
        }
    }

    private void send(Session session) {
        Listener listener;
        try {
            if (traffic.closedLoop() && !traffic.wantsMore(session.userId())) {
                next.$bang(session);
                return;
            }
            listener = new Listener(this, session, traffic.next(session.userId()));
        } catch (RuntimeException | Error e) {
            traffic.clientFailed(e);
            next.$bang(session);
            return;
        }
        try {
            Request request = requests[listener.request.promptIndex()];
            http.executeRequest(request, session.userId(), true, session.eventLoop(), listener, Option.empty());
        } catch (RuntimeException | Error e) {
            traffic.clientFailed(e);
            listener.onThrowable(e);
        }
    }

    private void ended(Session session, StreamedRequest request) {
        long now = System.nanoTime();
        traffic.ended(session.userId(), request, now);
        log(session, request, now);
        next.$bang(session);
    }

    /** Gatling's own report too counts from the intended start, in milliseconds of the wall clock. */
    private void log(Session session, StreamedRequest request, long now) {
        long nowMillis = clock.nowMillis();
        long intended = nowMillis - TimeUnit.NANOSECONDS.toMillis(now - request.intended());
        if (request.chunks() > 0) {
            long first = nowMillis - TimeUnit.NANOSECONDS.toMillis(now - request.firstOutput());
            response(session, "ttft", intended, first, OK$.MODULE$);
        }
        response(session, "e2e", intended, nowMillis, request.completed() ? OK$.MODULE$ : KO$.MODULE$);
    }

    private void response(Session session, String name, long start, long end, Status status) {
        statistics.logResponse(
                session.scenario(), session.groups(), name, start, end, status, Option.empty(), Option.empty());
    }

    /** Gives every user the action that sends this traffic to the target. */
    static ActionBuilder builder(Traffic traffic, Target target) {
        return new ActionBuilder() {
            @Override
            public Action build(ScenarioContext context, Action next) {
                return new CompletionAction(traffic, target, context, next);
            }
        };
    }

    /**
     * Where requests go.
     *
     * @param address of the completions resource
     * @param host looked up before the run: a look-up on an event loop would hold up every request of that loop
     * @param bodies one a prompt
     * @param timeoutMillis from send to last byte
     */
    record Target(String address, Host host, byte[][] bodies, long timeoutMillis) {
        boolean secured() {
            return address.startsWith("https:");
        }
    }

    /** A host whose addresses are known, or known not to exist. */
    static final class Host implements InetAddressNameResolver {
        private final List<InetAddress> addresses;
        private final @Nullable UnknownHostException unknown;

        private Host(List<InetAddress> addresses, @Nullable UnknownHostException unknown) {
            this.addresses = addresses;
            this.unknown = unknown;
        }

        /** Looks the name up; a failure is kept and given to every request. */
        static Host lookUp(String name) {
            try {
                return new Host(List.of(InetAddress.getAllByName(name)), null);
            } catch (UnknownHostException e) {
                return new Host(List.of(), e);
            }
        }

        @Override
        public Future<List<InetAddress>> resolveAll(
                String name, Promise<List<InetAddress>> promise, HttpListener listener) {
            return unknown == null ? promise.setSuccess(addresses) : promise.setFailure(unknown);
        }

        @Override
        public void close() {}
    }

    /**
     * Passes what the HTTP client reports on to one request. It never throws: an exception would close the connection
     * under Gatling's feet, and an {@code Error} makes its client end the JVM.
     */
    private static final class Listener implements HttpListener {
        private final CompletionAction action;
        private final Session session;
        private final StreamedRequest request;
        private @Nullable Channel channel;
        private boolean passedOn;

        Listener(CompletionAction action, Session session, StreamedRequest request) {
            this.action = action;
            this.session = session;
            this.request = request;
        }

        @Override
        public void onFinalClientRequest(Request sent) {}

        @Override
        public void onSend() {
            request.sending();
        }

        @Override
        public void onWrite(Channel open) {
            channel = open;
            request.writing(System.nanoTime());
        }

        @Override
        public void onHttpResponse(HttpResponseStatus status, HttpHeaders headers) {
            request.head(status.code());
        }

        @Override
        public void onHttpResponseBodyChunk(ByteBuf chunk, boolean last) {
            long now = System.nanoTime();
            guarded(() -> {
                if (!request.body(chunk, now, last) && channel != null) {
                    Future<?> unused = channel.close();
                }
            });
        }

        @Override
        public void onThrowable(Throwable failure) {
            long now = System.nanoTime();
            guarded(() -> request.failed(failure, failure instanceof RequestTimeoutException, now));
        }

        private void guarded(Runnable report) {
            if (passedOn || action.traffic.isOver()) {
                return;
            }
            try {
                report.run();
            } catch (RuntimeException | Error e) {
                action.traffic.clientFailed(e);
                request.abandon(Outcome.CANCELLED, "the client failed: " + e, System.nanoTime());
            }
            // Closing the channel may have come back through here already.
            if (request.hasEnded() && !passedOn) {
                passedOn = true;
                action.ended(session, request);
            }
        }
    }
}
