package dev.weighbridge.gateway;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the body of the server's answer to the client as it comes. More is asked for only when the client has taken what came, so
 * that nothing piles up here; a client that is gone ends the server's answer, and an answer that breaks off breaks off for the
 * client too.
 */
final class Relay implements Flow.Subscriber<List<ByteBuffer>> {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Exchange exchange;
    private final Rewriter rewriter;
    private Flow.@Nullable Subscription subscription;
    private boolean writing;
    private boolean complete;
    private boolean over;

    Relay(Exchange exchange, Rewriter rewriter) {
        this.exchange = exchange;
        this.rewriter = rewriter;
    }

    @Override
    public void onSubscribe(Flow.Subscription upstream) {
        synchronized (this) {
            subscription = upstream;
            writing = true;
        }
        exchange.request().addFailureListener(this::fail);
        // The head goes at once, without waiting for the first piece of the body.
        write(false, NOTHING.duplicate());
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        synchronized (this) {
            if (over) {
                return;
            }
            writing = true;
        }
        ByteBuffer bytes;
        boolean finished;
        try {
            bytes = rewriter.accept(buffers);
            finished = rewriter.finished();
        } catch (RuntimeException | Error e) {
            fail(e);
            return;
        }
        if (finished) {
            cancel();
            last(bytes);
        } else if (bytes.hasRemaining()) {
            write(false, bytes);
        } else {
            written();
        }
    }

    @Override
    public void onComplete() {
        synchronized (this) {
            complete = true;
            if (writing || over) {
                return;
            }
        }
        end();
    }

    @Override
    public void onError(Throwable failure) {
        fail(failure);
    }

    private void end() {
        try {
            last(rewriter.end());
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void last(ByteBuffer bytes) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        exchange.response().write(true, bytes, exchange.callback());
    }

    private void write(boolean last, ByteBuffer bytes) {
        exchange.response().write(last, bytes, Callback.from(this::written, this::fail));
    }

    private void written() {
        boolean ends;
        Flow.Subscription upstream;
        synchronized (this) {
            writing = false;
            ends = complete && !over;
            upstream = over ? null : subscription;
        }
        if (ends) {
            end();
        } else if (upstream != null) {
            upstream.request(1);
        }
    }

    private void fail(Throwable failure) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        LOG.debug("an answer broke off", failure);
        cancel();
        exchange.callback().failed(failure);
    }

    private void cancel() {
        Flow.Subscription upstream;
        synchronized (this) {
            upstream = subscription;
        }
        if (upstream != null) {
            upstream.cancel();
        }
    }
}
