package dev.weighbridge.gateway;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What stages have done to one call and its answer so far; safe for several threads. */
public final class Passage {
    private enum State {
        PASS,
        MASKED,
        BLOCKED
    }

    private final Set<String> guards = new LinkedHashSet<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private State state = State.PASS;
    private long guardNanos;

    private final String client;

    /** Of a client that cannot be told from others. */
    Passage() {
        this("");
    }

    /**
     * @param client who asks, by the key that was sent; a secret, which goes nowhere
     */
    Passage(String client) {
        this.client = client;
    }

    /** Who asks: the key that was sent, or nothing. It is a secret. */
    String client() {
        return client;
    }

    /** A guard changed the prompt or the answer. */
    public synchronized void masked(String guard) {
        state = state == State.PASS ? State.MASKED : state;
        guards.add(guard);
    }

    /** A guard withheld the prompt or the answer. */
    public synchronized void blocked(String guard) {
        state = State.BLOCKED;
        guards.add(guard);
    }

    /** Time was spent in guards. */
    public synchronized void spend(long nanos) {
        guardNanos += nanos;
    }

    /** A header that the answer is to carry, where it is set before the answer's first byte. */
    public synchronized void header(String name, String value) {
        headers.put(name, value);
    }

    /** Something to be done when the answer has been written to its end or has failed. */
    public synchronized void whenDone(Runnable listener) {
        listeners.add(listener);
    }

    void done() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(listeners);
            listeners.clear();
        }
        all.forEach(Runnable::run);
    }

    /** Time spent in guards so far. */
    public synchronized long guardNanos() {
        return guardNanos;
    }

    /**
     * The headers of an answer as things stand: {@code x-weighbridge-gateway} with {@code pass}, {@code masked} or
     * {@code blocked}; {@code x-weighbridge-guard} with the ids of the guards that masked or blocked;
     * {@code x-weighbridge-guard-us}, the time spent in guards in whole microseconds; and the same in milliseconds with three
     * decimals as {@code server-timing}, whose unit W3C's "Server Timing" fixes.
     */
    synchronized Map<String, String> headers() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("x-weighbridge-gateway", state.name().toLowerCase(Locale.ROOT));
        if (!guards.isEmpty()) {
            all.put("x-weighbridge-guard", String.join(",", guards));
        }
        all.put("x-weighbridge-guard-us", Long.toString(guardNanos / 1_000));
        all.put("server-timing", String.format(Locale.ROOT, "guards;dur=%.3f", guardNanos / 1e6));
        all.putAll(headers);
        return all;
    }
}
