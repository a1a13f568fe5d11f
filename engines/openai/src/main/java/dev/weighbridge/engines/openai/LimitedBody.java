package dev.weighbridge.engines.openai;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** A response body as bytes that fails once it is longer than a bound. */
public final class LimitedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final long maximumBytes;
    private long received;
    private boolean failed;
    private Flow.@Nullable Subscription subscription;

    private LimitedBody(long maximumBytes) {
        this.maximumBytes = maximumBytes;
    }

    /** Takes bodies of at most so many bytes. */
    public static BodyHandler<byte[]> ofAtMost(long maximumBytes) {
        return head -> new LimitedBody(maximumBytes);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return bytes.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription upstream) {
        subscription = upstream;
        bytes.onSubscribe(upstream);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (failed) {
            return;
        }
        for (ByteBuffer buffer : buffers) {
            received += buffer.remaining();
        }
        if (received > maximumBytes) {
            failed = true;
            if (subscription != null) {
                subscription.cancel();
            }
            bytes.onError(new IOException("the server's answer is longer than " + maximumBytes + " bytes"));
            return;
        }
        bytes.onNext(buffers);
    }

    @Override
    public void onError(Throwable failure) {
        if (!failed) {
            bytes.onError(failure);
        }
    }

    @Override
    public void onComplete() {
        if (!failed) {
            bytes.onComplete();
        }
    }
}
