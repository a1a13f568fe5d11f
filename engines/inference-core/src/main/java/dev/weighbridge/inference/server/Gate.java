package dev.weighbridge.inference.server;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in by their key, each client at its own rate: a token bucket, full at first, that a request takes one token from.
 * Without keys everybody is let in. Safe for use by several threads.
 */
final class Gate {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String SCHEME = "bearer ";

    private final List<Client> clients;
    private final LongSupplier clock;

    /**
     * @param clock nanoseconds of a clock that never goes back
     */
    Gate(List<ClientKey> keys, LongSupplier clock) {
        this.clock = clock;
        this.clients = keys.stream().map(Client::new).toList();
    }

    /** Whether a request needs a key. */
    boolean isLocked() {
        return !clients.isEmpty();
    }

    /**
     * Lets a request in.
     *
     * @param authorization header of that name, or {@code null}
     * @return to be run once when the request has ended
     * @throws ApiException 401 without a key that opens, 429 beyond the client's rate or number of requests
     */
    Runnable enter(@Nullable String authorization) {
        return isLocked() ? client(authorization).enter() : () -> {};
    }

    /**
     * Checks the key alone.
     *
     * @throws ApiException 401 without a key that opens
     */
    void check(@Nullable String authorization) {
        if (isLocked()) {
            client(authorization);
        }
    }

    private Client client(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw ApiException.unauthorized("no key: send the header 'Authorization: Bearer KEY'");
        }
        byte[] digest =
                ClientKey.sha256(authorization.substring(SCHEME.length()).strip());
        Client found = null;
        for (Client client : clients) {
            // All of them are looked at, so that the time tells nothing.
            if (client.key.opensWith(digest)) {
                found = client;
            }
        }
        if (found == null) {
            throw ApiException.unauthorized("the key is not known here");
        }
        return found;
    }

    /** One client's bucket and requests. */
    private final class Client {
        private final ClientKey key;
        private double tokens;
        private long filled = clock.getAsLong();
        private int running;

        Client(ClientKey key) {
            this.key = key;
            this.tokens = key.burst();
        }

        synchronized Runnable enter() {
            Integer most = key.concurrent();
            if (most != null && running >= most) {
                throw ApiException.limited(
                        "client " + key.name() + " has " + running + " requests running or waiting, which is its limit",
                        "concurrency_limit_exceeded",
                        1);
            }
            take();
            running++;
            return this::leave;
        }

        private void take() {
            Double rate = key.requestsPerSecond();
            if (rate == null) {
                return;
            }
            long now = clock.getAsLong();
            tokens = Math.min(key.burst(), tokens + (now - filled) / NANOS_PER_SECOND * rate);
            filled = now;
            if (tokens < 1) {
                long wait = (long) Math.ceil((1 - tokens) / rate);
                throw ApiException.limited(
                        "client " + key.name() + " may send " + rate + " requests a second",
                        "rate_limit_exceeded",
                        Math.max(1, Math.min(wait, TimeUnit.DAYS.toSeconds(1))));
            }
            tokens--;
        }

        private synchronized void leave() {
            running--;
        }
    }
}
