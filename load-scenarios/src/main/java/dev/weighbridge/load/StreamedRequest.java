package dev.weighbridge.load;

import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Cancellation;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.api.load.RequestTiming;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: it takes what the HTTP client reports, in the clock of {@link System#nanoTime}, and ends in
 * exactly one record. Used on one event loop, except that {@link #abandon} may come from elsewhere once all loops stopped.
 */
final class StreamedRequest {
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final int NONE = -1;

    private final int index;
    private final PlannedRequest planned;
    private final long intended;
    private final boolean keepsText;
    private final Answer answer;
    private final Protocol.Reader reader;
    private final StringBuilder errorBody = new StringBuilder();
    private long began = NONE;
    private long written = NONE;
    private int sends;
    private boolean freshConnection;
    private int status;
    private long lastRead;
    private @Nullable Ended ended;

    /** How and when it ended. */
    private record Ended(Outcome outcome, @Nullable String detail, long at, boolean hungUp) {}

    /**
     * A request that was not sent yet.
     *
     * @param readers makes a reader of the answer
     * @param readsText whether the answer's text is found out
     * @param keepsText whether it goes into the record
     */
    StreamedRequest(
            int index,
            PlannedRequest planned,
            long intended,
            Function<Answer, Protocol.Reader> readers,
            boolean readsText,
            boolean keepsText) {
        this.index = index;
        this.planned = planned;
        this.intended = intended;
        this.keepsText = keepsText;
        answer = new Answer(readsText);
        reader = readers.apply(answer);
    }

    PlannedRequest planned() {
        return planned;
    }

    /** The client begins with it, by opening a connection or on a pooled one. */
    void begin(long now) {
        began = now;
    }

    /** The client began to send; more than once when it repeated the request on a new connection. */
    void sending() {
        sends++;
    }

    /**
     * The first byte of the request itself is about to be written to an open connection.
     *
     * @param fresh whether that was opened for it
     */
    void writing(long now, boolean fresh) {
        if (written == NONE) {
            written = now;
            freshConnection = fresh;
        }
    }

    void head(int httpStatus) {
        status = httpStatus;
    }

    /**
     * Reads body bytes.
     *
     * @return whether reading on makes sense; if not, the request has ended and its connection should be closed
     */
    boolean body(ByteBuf bytes, long now, boolean last) {
        if (ended != null) {
            return true;
        }
        lastRead = now;
        if (status == OK) {
            reader.feed(bytes.nioBuffer(), now);
        } else if (errorBody.length() < Details.MAX_LENGTH) {
            int length = Math.min(bytes.readableBytes(), Details.MAX_LENGTH);
            errorBody.append(bytes.toString(bytes.readerIndex(), length, StandardCharsets.UTF_8));
        }
        if (last) {
            if (status == OK) {
                reader.end(now);
            }
            complete(now);
        } else if (answer.malformed() != null) {
            complete(now);
            return false;
        } else if (isEnough()) {
            hangUp(now);
            return false;
        }
        return true;
    }

    private boolean isEnough() {
        Integer most = planned.cancellation().map(Cancellation::afterTokens).orElse(null);
        return most != null && answer.chunkTokenSum() >= most && !answer.hasEnded();
    }

    /** The client wants no more of it, as planned; does nothing when it has ended. */
    void hangUp(long now) {
        if (ended == null) {
            ended = new Ended(Outcome.CANCELLED, "hung up as planned", now, true);
        }
    }

    private void complete(long now) {
        if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
            end(Outcome.REJECTED, statusDetail(), now);
        } else if (status != OK) {
            end(Outcome.FAILED_HTTP_STATUS, statusDetail(), now);
        } else if (answer.serverError() != null) {
            end(Outcome.FAILED_ENGINE, answer.serverError(), now);
        } else if (answer.malformed() != null) {
            end(Outcome.FAILED_MALFORMED_STREAM, answer.malformed(), now);
        } else if (!answer.hasEnded()) {
            end(Outcome.FAILED_TRUNCATED, "the answer ended without its end mark", now);
        } else if (answer.chunks() == 0) {
            end(Outcome.FAILED_EMPTY, "the stream carried no output", now);
        } else {
            end(Outcome.COMPLETED, null, now);
        }
    }

    /** The client gave up on it. */
    void failed(Throwable failure, boolean timedOut, long now) {
        if (ended != null) {
            return;
        }
        if (status == OK && (answer.hasEnded() || answer.serverError() != null)) {
            // The answer itself was whole; only its HTTP frame was left open.
            complete(answer.hasEnded() ? answer.endNanos() : lastRead);
        } else if (status != 0 && status != OK) {
            complete(now);
        } else if (timedOut) {
            end(Outcome.TIMED_OUT, status == 0 ? "no answer in time" : "the stream did not end in time", now);
        } else {
            end(outcomeOf(failure), Details.of(failure), now);
        }
    }

    private Outcome outcomeOf(Throwable failure) {
        boolean network = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return Outcome.FAILED_TLS;
            }
            if (cause instanceof ConnectException
                    || cause instanceof NoRouteToHostException
                    || cause instanceof UnknownHostException) {
                return Outcome.FAILED_CONNECT;
            }
            network |= cause instanceof IOException;
        }
        if (written == NONE) {
            return Outcome.FAILED_CONNECT;
        }
        return network ? Outcome.FAILED_TRUNCATED : Outcome.FAILED_MALFORMED_STREAM;
    }

    /** Ends it because the run is over; does nothing when it has ended already. */
    void abandon(Outcome outcome, String detail, long now) {
        if (ended == null) {
            end(outcome, detail, now);
        }
    }

    private void end(Outcome outcome, @Nullable String detail, long now) {
        String repeated = sends > 1 ? "sent " + sends + " times, a pooled connection was dead" : null;
        String both = repeated == null ? detail : detail == null ? repeated : repeated + "; " + detail;
        ended = new Ended(outcome, both == null ? null : Details.clean(both), now, false);
    }

    private String statusDetail() {
        String body = Details.clean(errorBody.toString());
        return "HTTP " + status + (body.isEmpty() ? "" : ": " + body);
    }

    boolean hasEnded() {
        return ended != null;
    }

    long intended() {
        return intended;
    }

    /** How many chunks with output came so far. */
    int chunks() {
        return answer.chunks();
    }

    /** When the first output was read; only when there are {@link #chunks}. */
    long firstOutput() {
        return answer.firstChunkNanos();
    }

    boolean completed() {
        return ended != null && ended.outcome() == Outcome.COMPLETED;
    }

    boolean hungUp() {
        return ended != null && ended.hungUp();
    }

    /** The answer's text, where it was read and the request completed; else {@code null}. */
    @Nullable
    String text() {
        return completed() && answer.keepsText() ? answer.text() : null;
    }

    /**
     * The record, with all times relative to the start of the run.
     *
     * @param alone whether each session of the run is one request
     * @throws IllegalStateException when the request has not ended
     */
    RequestTiming timing(long origin, boolean alone) {
        Ended end = ended;
        if (end == null) {
            throw new IllegalStateException("request " + index + " has not ended yet");
        }
        return new RequestTiming(
                index,
                intended - origin,
                written == NONE ? NONE : sent() - origin,
                answer.chunkNanosSince(origin),
                answer.chunkTokens(),
                end.at() - origin,
                answer.promptTokens(),
                answer.outputTokens(),
                end.outcome(),
                status,
                end.detail(),
                planned.prompt(),
                planned.exactly() ? planned.tokens() : null,
                freshConnection ? written - began : null,
                planned.requestClass(),
                alone ? null : planned.session(),
                alone ? null : planned.turn(),
                sends > 1 ? sends : null,
                end.hungUp() ? true : null,
                keepsText ? answer.text() : null,
                keepsText && !answer.reasoning().isEmpty() ? answer.reasoning() : null,
                null);
    }

    /** Opening a connection is as much the server's doing as the client's: a request on a fresh one counts from its start. */
    private long sent() {
        return freshConnection ? began : written;
    }
}
