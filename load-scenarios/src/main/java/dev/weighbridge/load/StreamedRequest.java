package dev.weighbridge.load;

import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
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
    private final int promptIndex;
    private final long intended;
    private final @Nullable Integer askedTokens;
    private final CompletionStream stream = new CompletionStream();
    private final StringBuilder errorBody = new StringBuilder();
    private long sent = NONE;
    private boolean wasSent;
    private int sends;
    private int status;
    private long lastRead;
    private @Nullable Ended ended;

    /** How and when it ended. */
    private record Ended(Outcome outcome, @Nullable String detail, long at) {}

    StreamedRequest(int index, int promptIndex, long intended, @Nullable Integer askedTokens) {
        this.index = index;
        this.promptIndex = promptIndex;
        this.intended = intended;
        this.askedTokens = askedTokens;
    }

    /** The client began to send; more than once when it repeated the request on a new connection. */
    void sending() {
        sends++;
    }

    /** The first byte is about to be written to an open connection. */
    void writing(long now) {
        if (!wasSent) {
            wasSent = true;
            sent = now;
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
            stream.feed(bytes, now);
        } else if (errorBody.length() < Details.MAX_LENGTH) {
            int length = Math.min(bytes.readableBytes(), Details.MAX_LENGTH);
            errorBody.append(bytes.toString(bytes.readerIndex(), length, StandardCharsets.UTF_8));
        }
        if (last) {
            stream.end();
            complete(now);
        } else if (stream.malformed() != null) {
            complete(now);
            return false;
        }
        return true;
    }

    private void complete(long now) {
        if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
            end(Outcome.REJECTED, statusDetail(), now);
        } else if (status != OK) {
            end(Outcome.FAILED_HTTP_STATUS, statusDetail(), now);
        } else if (stream.serverError() != null) {
            end(Outcome.FAILED_ENGINE, stream.serverError(), now);
        } else if (stream.malformed() != null) {
            end(Outcome.FAILED_MALFORMED_STREAM, stream.malformed(), now);
        } else if (!stream.ended()) {
            end(Outcome.FAILED_TRUNCATED, "the answer ended without data: [DONE]", now);
        } else if (stream.chunks() == 0) {
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
        if (status == OK && (stream.ended() || stream.serverError() != null)) {
            // The answer itself was whole; only its HTTP frame was left open.
            complete(stream.ended() ? stream.endMarkNanos() : lastRead);
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
        if (!wasSent) {
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
        ended = new Ended(outcome, both == null ? null : Details.clean(both), now);
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

    int promptIndex() {
        return promptIndex;
    }

    /** How many chunks with output came so far. */
    int chunks() {
        return stream.chunks();
    }

    /** When the first output was read; only when there are {@link #chunks}. */
    long firstOutput() {
        return stream.firstChunkNanos();
    }

    boolean completed() {
        return ended != null && ended.outcome() == Outcome.COMPLETED;
    }

    /**
     * The record, with all times relative to the start of the run.
     *
     * @throws IllegalStateException when the request has not ended
     */
    RequestTiming timing(long origin) {
        Ended end = ended;
        if (end == null) {
            throw new IllegalStateException("request " + index + " has not ended yet");
        }
        return new RequestTiming(
                index,
                intended - origin,
                wasSent ? sent - origin : NONE,
                stream.chunkNanosSince(origin),
                stream.chunkTokens(),
                end.at() - origin,
                stream.promptTokens(),
                stream.outputTokens(),
                end.outcome(),
                status,
                end.detail(),
                promptIndex,
                askedTokens);
    }
}
