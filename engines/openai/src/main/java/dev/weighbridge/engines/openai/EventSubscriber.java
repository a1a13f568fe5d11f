package dev.weighbridge.engines.openai;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A response body that hands its events to the thread that waits for them. More of the body is asked for only when the
 * events so far have been taken, so that what is held stays bounded.
 */
public final class EventSubscriber implements BodySubscriber<EventSubscriber> {
    /** What the waiting thread finds: an event's data, the end of the stream, or its failure. */
    public record Item(@Nullable String data, @Nullable Throwable failure) {
        static final Item END = new Item(null, null);

        /** Whether the stream ended as HTTP says. */
        public boolean end() {
            return data == null && failure == null;
        }
    }

    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private final EventParser parser;
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

    /**
     * A body of which nothing came yet.
     *
     * @param maximumEventBytes longest line, and most characters of one event
     */
    public EventSubscriber(int maximumEventBytes) {
        parser = new EventParser(maximumEventBytes, data -> items.add(new Item(data, null)));
    }

    /** The next item, or {@code null} when none came in time. */
    public @Nullable Item next(long timeout, TimeUnit unit) throws InterruptedException {
        Item item = items.poll();
        if (item != null) {
            return item;
        }
        Flow.Subscription upstream = subscription.get();
        if (upstream != null) {
            upstream.request(1);
        }
        return items.poll(timeout, unit);
    }

    /** Gives up the body and the connection under it. */
    public void cancel() {
        Flow.Subscription upstream = subscription.get();
        if (upstream != null) {
            upstream.cancel();
        }
    }

    @Override
    public CompletionStage<EventSubscriber> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription upstream) {
        if (subscription.compareAndSet(null, upstream)) {
            upstream.request(1);
        } else {
            upstream.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        int before = items.size();
        try {
            buffers.forEach(parser::accept);
        } catch (IllegalStateException e) {
            // Before the body is given up, which may be told as a failure of its own.
            items.add(new Item(null, new IOException(e.getMessage(), e)));
            cancel();
            return;
        }
        // A buffer may end inside an event: without a whole one the waiting thread would never ask for more.
        Flow.Subscription upstream = subscription.get();
        if (items.size() == before && upstream != null) {
            upstream.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        items.add(new Item(null, failure));
    }

    @Override
    public void onComplete() {
        items.add(Item.END);
    }
}
