package dev.weighbridge.api.load;

import dev.weighbridge.api.Endpoint;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A wire protocol over HTTP: how a request is written, and how its streamed answer is read. Found by {@link ServiceLoader}; a new
 * one is one class.
 */
public interface Protocol {
    /** Kebab-case, unique. */
    String id();

    /** The resource's path, which comes after the endpoint's base address; begins with a slash. */
    String path(Endpoint endpoint);

    /** What the client says that it accepts, for example {@code text/event-stream}. */
    String accept();

    /** The request's body as UTF-8 JSON, with the endpoint's further fields. */
    byte[] body(Endpoint endpoint, PlannedRequest request);

    /**
     * A reader for one answer.
     *
     * @param endpoint that sends it, with its own names of the fields
     * @param answer takes what is found
     */
    Reader reader(Endpoint endpoint, Answer answer);

    /** Reads the body of one answer whose status was good; used by one thread at a time. */
    interface Reader {
        /**
         * Reads the next bytes, which may be cut anywhere.
         *
         * @param nanos when they were read, for every chunk that ends in them
         */
        void feed(ByteBuffer bytes, long nanos);

        /** The body has ended as HTTP wants it to. */
        void end(long nanos);
    }

    /** All protocols that can be used here, ordered by id. */
    static List<Protocol> all() {
        return ServiceLoader.load(Protocol.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted((a, b) -> a.id().compareTo(b.id()))
                .toList();
    }

    /** The protocol of that id. */
    static Optional<Protocol> of(String id) {
        return all().stream().filter(protocol -> protocol.id().equals(id)).findFirst();
    }
}
