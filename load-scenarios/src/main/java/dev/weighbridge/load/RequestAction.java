package dev.weighbridge.load;

import com.typesafe.scalalogging.Logger;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Cancellation;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Protocol;
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
import io.gatling.http.client.proxy.ProxyServer;
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
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Sends one streamed request for a user when it is due, and passes the user on when the answer has ended. */
final class RequestAction implements Action {
    private final Logger logger = Logger.apply(RequestAction.class);
    private static final String NAME = "request";

    private final Traffic traffic;
    private final Action next;
    private final StatsEngine statistics;
    private final Clock clock;
    private final HttpEngine http;
    private final Target target;
    private final Uri uri;

    RequestAction(Traffic traffic, Target target, ScenarioContext context, Action next) {
        this.traffic = traffic;
        this.next = next;
        statistics = context.coreComponents().statsEngine();
        clock = context.coreComponents().clock();
        HttpComponents components =
                context.protocolComponentsRegistry().components(HttpProtocol$.MODULE$.HttpProtocolKey());
        http = components.httpEngine();
        this.target = target;
        uri = Uri.create(target.address());
    }

    private Request request(byte[] body, @Nullable String requestClass) {
        // Content length is set here: the client would set it from a body that it copies first.
        HttpHeaders headers = new DefaultHttpHeaders()
                .add(HttpHeaderNames.CONTENT_TYPE, "application/json")
                .add(HttpHeaderNames.ACCEPT, target.protocol().accept())
                .add(HttpHeaderNames.USER_AGENT, "weighbridge")
                .add(HttpHeaderNames.CONTENT_LENGTH, body.length);
        target.endpoint().headers().forEach(headers::set);
        target.keys().apply(requestClass, headers);
        RequestBuilder request = new RequestBuilder(NAME, HttpMethod.POST, uri, target.host())
                .setHeaders(headers)
                .setBodyBuilder(new ByteArrayRequestBodyBuilder(body, null))
                .setRequestTimeout(target.timeoutMillis());
        target.proxy().ifPresent(request::setProxyServer);
        return request.build();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Logger logger() {
        return logger;
    }

    @Override
    public void com$typesafe$scalalogging$StrictLogging$_setter_$logger_$eq(Logger unused) {}

    /** Everything is made ready before the request is due: what that takes is no delay of its. */
    @Override
    public void execute(Session session) {
        StreamedRequest planned;
        Request request;
        try {
            planned = traffic.next(session.userId());
            if (planned == null) {
                next.$bang(session);
                return;
            }
            request = request(
                    target.protocol().body(target.endpoint(), planned.planned()),
                    planned.planned().requestClass());
        } catch (RuntimeException | Error e) {
            traffic.clientFailed(e);
            next.$bang(session);
            return;
        }
        long wait = planned.intended() - System.nanoTime();
        if (wait > 0) {
            // Nothing to wait for or to lose in the future: send passes its failures on itself.
            Future<?> unused =
                    session.eventLoop().schedule(() -> send(session, planned, request), wait, TimeUnit.NANOSECONDS);
        } else {
            send(session, planned, request);
        }
    }

    private void send(Session session, StreamedRequest planned, Request request) {
        if (traffic.isOver()) {
            next.$bang(session);
            return;
        }
        Listener listener = new Listener(this, session, planned);
        traffic.sending(planned);
        planned.begin(System.nanoTime());
        listener.hangUpInTime();
        try {
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
        response(
                session,
                "e2e",
                intended,
                nowMillis,
                request.completed() || request.hungUp() ? OK$.MODULE$ : KO$.MODULE$);
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
                return new RequestAction(traffic, target, context, next);
            }
        };
    }

    /**
     * Where requests go.
     *
     * @param address of the protocol's resource
     * @param endpoint that it belongs to
     * @param protocol that it speaks
     * @param keys of the classes that have their own
     * @param host looked up before the run: a look-up on an event loop would hold up every request of that loop
     * @param timeoutMillis from send to last byte
     * @param proxy that requests go through; empty for none
     */
    record Target(
            String address,
            Endpoint endpoint,
            Protocol protocol,
            ClassKeys keys,
            Host host,
            long timeoutMillis,
            Optional<ProxyServer> proxy) {
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

        /** A host that a proxy looks up. */
        static Host behindProxy() {
            return new Host(List.of(), new UnknownHostException("a proxy was to look this host up"));
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
        private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("weighbridge.used");

        private final RequestAction action;
        private final Session session;
        private final StreamedRequest request;
        private @Nullable Channel channel;
        private boolean passedOn;

        Listener(RequestAction action, Session session, StreamedRequest request) {
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
            request.writing(System.nanoTime(), open.attr(USED).getAndSet(true) == null);
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

        /** Sees to it that the client hangs up at its time, if it is to. */
        void hangUpInTime() {
            request.planned().cancellation().map(Cancellation::after).ifPresent(after -> {
                Future<?> unused = session.eventLoop()
                        .schedule(() -> guarded(this::hangUp), after.toNanos(), TimeUnit.NANOSECONDS);
            });
        }

        private void hangUp() {
            request.hangUp(System.nanoTime());
            if (channel != null && !passedOn) {
                Future<?> unused = channel.close();
            }
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
