package dev.weighbridge.inference.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;

/**
 * The server-sent events of one response. Sending never blocks: what the client does not take yet waits here, and a client
 * that lets more than a bound wait, or is gone, breaks the stream.
 */
final class EventStream extends IteratingCallback {
    /** Bytes that may wait for a client when an event comes; some hundred times what a reading client lets wait. */
    static final int MAXIMUM_WAITING_BYTES = 1 << 20;

    private static final byte[] START = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final Request request;
    private final Response response;
    private final Callback completion;
    private final Runnable onBroken;
    private final Object lock = new Object();
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(512);
    private boolean ending;
    private boolean lastWritten;

    /**
     * @param completion of the exchange
     * @param onBroken called at least once when the rest of the answer has nowhere to go
     */
    EventStream(Request request, Response response, Callback completion, Runnable onBroken) {
        this.request = request;
        this.response = response;
        this.completion = completion;
        this.onBroken = onBroken;
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
    }

    /** Sends one event with this data, which holds no line break. */
    void send(byte[] data) {
        boolean overflow;
        synchronized (lock) {
            if (ending) {
                return;
            }
            // What the client lets wait counts, not the size of an event: one alone may be larger than the bound, such
            // as an
            // echoed prompt with its likelihoods.
            overflow = waiting.size() > MAXIMUM_WAITING_BYTES;
            ending = overflow;
            if (!overflow) {
                append(data);
            }
        }
        if (overflow) {
            IOException slow = new IOException("the client lets more than " + MAXIMUM_WAITING_BYTES + " bytes wait");
            abort(slow);
            // A write that is stuck in a full socket only ends with its connection.
            request.getConnectionMetaData().getConnection().getEndPoint().close(slow);
        } else {
            iterate();
        }
    }

    /** Ends the stream after what was sent, with the end mark if the answer is whole. */
    void end(boolean whole) {
        synchronized (lock) {
            if (ending) {
                return;
            }
            if (whole) {
                append(DONE);
            }
            ending = true;
        }
        iterate();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    protected Action process() {
        ByteBuffer bytes;
        synchronized (lock) {
            if (lastWritten) {
                return Action.SUCCEEDED;
            }
            if (waiting.size() == 0 && !ending) {
                return Action.IDLE;
            }
            bytes = ByteBuffer.wrap(waiting.toByteArray());
            waiting.reset();
            lastWritten = ending;
        }
        response.write(lastWritten, bytes, this);
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
        completion.succeeded();
    }

    @Override
    protected void onAborted(Throwable failure) {
        onBroken.run();
    }

    @Override
    protected void onCompleteFailure(Throwable failure) {
        onBroken.run();
        completion.failed(failure);
    }

    private void append(byte[] data) {
        waiting.writeBytes(START);
        waiting.writeBytes(data);
        waiting.writeBytes(END);
    }
}
