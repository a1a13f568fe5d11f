package dev.weighbridge.load;

import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one run sends and what came of it: which user sends when, which requests are under way, and the records of those
 * that ended. Users call in from their event loops; records are taken out by the thread that started the run.
 */
final class Traffic {
    /**
     * How long a closed-loop user waits after a request that did not complete. Without it a server that refuses at once
     * would be hit, and records written, as fast as the client can.
     */
    static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);

    private final long[] arrivals;
    private final boolean closed;
    private final long horizonNanos;
    private final LoadScenario scenario;
    private final PromptOrder prompts;
    private final boolean[] started;
    private final long[] freeAt;
    private final AtomicInteger closedCount = new AtomicInteger();
    private final Set<StreamedRequest> underWay = ConcurrentHashMap.newKeySet();
    private final Queue<RequestTiming> ended = new ConcurrentLinkedQueue<>();
    private volatile long origin;
    private volatile boolean over;
    private volatile @Nullable Throwable clientFailure;

    /** Lays out the whole run; for a closed loop every user arrives at time 0. */
    Traffic(LoadScenario scenario) {
        this.scenario = scenario;
        Duration horizon = scenario.warmUp().plus(scenario.duration());
        horizonNanos = horizon.toNanos();
        prompts = new PromptOrder(scenario.prompts().size(), scenario.seed());
        if (scenario.arrivals() instanceof LoadScenario.Poisson poisson) {
            closed = false;
            arrivals = ArrivalSchedule.poisson(poisson.ratePerSecond(), horizon, scenario.seed());
        } else if (scenario.arrivals() instanceof LoadScenario.Closed loop) {
            closed = true;
            arrivals = new long[loop.users()];
        } else {
            throw new IllegalArgumentException("unknown kind of arrivals: " + scenario.arrivals());
        }
        started = new boolean[arrivals.length];
        freeAt = new long[closed ? arrivals.length : 0];
    }

    /** Nanoseconds after the start at which users 1, 2, 3 and so on arrive; owned by this object. */
    long[] arrivals() {
        return arrivals;
    }

    boolean closedLoop() {
        return closed;
    }

    /** Fixes the start of the run in the clock of {@link System#nanoTime}. */
    void startAt(long nanos) {
        for (int user = 0; user < freeAt.length; user++) {
            freeAt[user] = nanos;
        }
        origin = nanos;
    }

    /** The start of the run in the clock of {@link System#nanoTime}; 0 before it began. */
    long originNanos() {
        return origin;
    }

    /** When the next request of the user is due, in the clock of {@link System#nanoTime}. */
    long due(long userId) {
        int user = Math.toIntExact(userId - 1);
        return closed ? freeAt[user] : origin + arrivals[user];
    }

    /** Whether a closed-loop user still has time for a request. */
    boolean wantsMore(long userId) {
        return !over && due(userId) - origin < horizonNanos;
    }

    /** Registers the user's next request. */
    StreamedRequest next(long userId) {
        int index = closed ? closedCount.getAndIncrement() : Math.toIntExact(userId - 1);
        if (!closed) {
            started[index] = true;
        }
        StreamedRequest request = request(index, due(userId));
        underWay.add(request);
        return request;
    }

    private StreamedRequest request(int index, long due) {
        int prompt = prompts.promptOf(index);
        Integer asked = scenario.outputLength().isEnforced() ? scenario.outputTokensOf(prompt) : null;
        return new StreamedRequest(index, prompt, due, asked);
    }

    /** Takes the record of an ended request and sets its user free. */
    void ended(long userId, StreamedRequest request, long now) {
        if (underWay.remove(request)) {
            ended.add(request.timing(origin));
        }
        if (closed) {
            freeAt[Math.toIntExact(userId - 1)] = request.completed() ? now : now + PAUSE_AFTER_FAILURE.toNanos();
        }
    }

    /** From here on nothing that the HTTP client reports is the server's doing. */
    void close() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** Notes that the client itself failed; the first failure counts. */
    void clientFailed(Throwable failure) {
        if (clientFailure == null) {
            clientFailure = failure;
        }
    }

    @Nullable
    Throwable clientFailure() {
        return clientFailure;
    }

    /** The next record, or {@code null} when there is none at the moment. */
    @Nullable
    RequestTiming poll() {
        return ended.poll();
    }

    /**
     * Gives every request without a record one: unanswered requests the given outcome, and requests of the schedule that
     * were never started {@link Outcome#CANCELLED}. Only after all event loops stopped.
     */
    void settle(Outcome unanswered, String detail, long now) {
        long start = origin == 0 ? now : origin;
        for (StreamedRequest request : underWay) {
            request.abandon(unanswered, detail, now);
            ended.add(request.timing(start));
        }
        underWay.clear();
        for (int i = 0; !closed && i < arrivals.length; i++) {
            if (!started[i]) {
                StreamedRequest never = request(i, start + arrivals[i]);
                never.abandon(Outcome.CANCELLED, "never sent: " + detail, now);
                ended.add(never.timing(start));
            }
        }
    }

    /** How many requests the schedule holds (open loop) or were started (closed loop). */
    int scheduled() {
        return closed ? closedCount.get() : arrivals.length;
    }
}
