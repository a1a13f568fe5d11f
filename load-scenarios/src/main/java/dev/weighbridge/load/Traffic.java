package dev.weighbridge.load;

import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Arrivals;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.Shard;
import dev.weighbridge.api.load.Workload;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one run sends and what came of it: which user sends what when, which requests are under way, and the records of those
 * that ended. Users call in from their event loops; records are taken out by the thread that started the run.
 */
final class Traffic {
    /**
     * How long a user waits after a request that did not complete before the next one. Without it a server that refuses at once
     * would be hit, and records written, as fast as the client can.
     */
    static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(50);

    /** Made ready before the run of each user of a closed loop; what comes beyond is made as it is needed. */
    private static final int SESSIONS_OF_A_USER = 100;

    private final LoadScenario scenario;
    private final Function<Answer, Protocol.Reader> readers;
    /** Of the whole load. */
    private final Arrivals arrivals;

    private final Shard shard;
    private final long[] starts;
    private final boolean singleRequests;
    private final long horizonNanos;
    /** Of user k at k; each is touched by its own event loop alone until all loops have stopped. */
    private final @Nullable User[] users;

    private final AtomicInteger sessions = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<StreamedRequest> underWay = ConcurrentHashMap.newKeySet();
    private final Queue<RequestTiming> ended = new ConcurrentLinkedQueue<>();
    private volatile long origin;
    private volatile boolean over;
    private volatile @Nullable Throwable clientFailure;

    /** A user on the way through sessions. */
    private static final class User {
        private Workload.Session session;
        private long freeAt;
        private @Nullable String answer;
        private @Nullable StreamedRequest current;

        User(Workload.Session session, long freeAt) {
            this.session = session;
            this.freeAt = freeAt;
        }
    }

    /**
     * Lays out the whole run.
     *
     * @param readers makes a reader of an answer
     */
    Traffic(LoadScenario scenario, Function<Answer, Protocol.Reader> readers) {
        this.scenario = scenario;
        this.readers = readers;
        arrivals = scenario.schedule();
        singleRequests = scenario.workload().singleRequests();
        horizonNanos = scenario.horizon().toNanos();
        shard = scenario.shard();
        starts = shard.part(arrivals.startNanos());
        users = new User[starts.length];
        scenario.workload().prepare(arrivals.repeating() ? arrivals.count() * SESSIONS_OF_A_USER : arrivals.count());
    }

    /** Nanoseconds after the start at which users 1, 2, 3 and so on arrive; owned by this object. */
    long[] arrivals() {
        return starts;
    }

    /** Whether a user may send more than one request. */
    boolean severalRequests() {
        return arrivals.repeating() || !singleRequests;
    }

    /** Fixes the start of the run in the clock of {@link System#nanoTime}. */
    void startAt(long nanos) {
        origin = nanos;
    }

    /** The start of the run in the clock of {@link System#nanoTime}; 0 before it began. */
    long originNanos() {
        return origin;
    }

    /** Whether the user has another request whose time is within the run. */
    boolean wantsMore(long userId) {
        return !over && (user(userId).current != null || plan(userId) != null);
    }

    /**
     * The user's next request, with its intended time; the same one until it has ended.
     *
     * @return {@code null} when the user has none left
     */
    @Nullable
    StreamedRequest next(long userId) {
        if (over) {
            return null;
        }
        StreamedRequest current = user(userId).current;
        return current != null ? current : plan(userId);
    }

    /** A request is about to be sent, so that it needs a record from here on. */
    void sending(StreamedRequest request) {
        underWay.add(request);
    }

    private User user(long userId) {
        int number = Math.toIntExact(userId - 1);
        User user = users[number];
        if (user == null) {
            user = new User(
                    session(arrivals.repeating() ? sessions.getAndIncrement() : number), origin + starts[number]);
            users[number] = user;
        }
        return user;
    }

    /** The n-th session of this shard. */
    private Workload.Session session(int number) {
        return scenario.workload().session(shard.inWhole(number), arrivals.lengths());
    }

    private @Nullable StreamedRequest plan(long userId) {
        User user = user(userId);
        long free = user.freeAt;
        if (!user.session.hasNext()) {
            if (!arrivals.repeating()) {
                return null;
            }
            free += arrivals.pauseNanos();
            if (free - origin >= horizonNanos) {
                return null;
            }
            user.session = session(sessions.getAndIncrement());
            user.freeAt = free;
            user.answer = null;
        } else if (free - origin >= horizonNanos) {
            return null;
        }
        boolean needsAnswer = user.session.needsAnswers();
        PlannedRequest planned = user.session.next(user.answer);
        long intended = free + planned.offsetNanos();
        if (intended - origin >= horizonNanos) {
            return null;
        }
        int index = singleRequests ? planned.session() : shard.inWhole(requests.getAndIncrement());
        StreamedRequest request = new StreamedRequest(
                index, planned, intended, readers, scenario.keepTexts() || needsAnswer, scenario.keepTexts());
        user.current = request;
        return request;
    }

    /** Takes the record of an ended request and sets its user free. */
    void ended(long userId, StreamedRequest request, long now) {
        if (underWay.remove(request)) {
            ended.add(request.timing(origin, singleRequests));
        }
        User user = user(userId);
        user.current = null;
        user.answer = request.text();
        user.freeAt = request.completed() || request.hungUp() ? now : now + PAUSE_AFTER_FAILURE.toNanos();
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
     * Gives every request without a record one: unanswered requests the given outcome, and sessions of an open loop that
     * were never begun {@link Outcome#CANCELLED}. Only after all event loops stopped.
     */
    void settle(Outcome unanswered, String detail, long now) {
        long start = origin == 0 ? now : origin;
        Set<StreamedRequest> sent = Set.copyOf(underWay);
        for (StreamedRequest request : sent) {
            request.abandon(unanswered, detail, now);
            ended.add(request.timing(start, singleRequests));
        }
        underWay.clear();
        for (int i = 0; !arrivals.repeating() && i < users.length; i++) {
            User user = users[i];
            if (user == null || (user.current != null && !sent.contains(user.current))) {
                StreamedRequest never = user == null || user.current == null ? unsent(i, start) : user.current;
                never.abandon(Outcome.CANCELLED, "never sent: " + detail, now);
                ended.add(never.timing(start, singleRequests));
            }
        }
    }

    private StreamedRequest unsent(int session, long start) {
        PlannedRequest planned = session(session).next(null);
        int index = singleRequests ? planned.session() : shard.inWhole(requests.getAndIncrement());
        return new StreamedRequest(index, planned, start + starts[session], readers, false, false);
    }

    /** How many requests the schedule holds (open loop of single requests) or were planned (else). */
    int scheduled() {
        if (!singleRequests) {
            return requests.get();
        }
        return arrivals.repeating() ? sessions.get() : starts.length;
    }
}
