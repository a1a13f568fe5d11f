package dev.weighbridge.api.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the sessions of a load ask: each is a pure function of its number and the seed, so that every variant and every rate is
 * asked the same.
 *
 * @param classes at least one; sessions are dealt out to them by weight
 * @param seed of every draw
 */
public record Workload(List<RequestClass> classes, long seed) {
    private static final int MOST_PREPARED = 100_000;

    public Workload {
        classes = List.copyOf(classes);
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("a workload needs a class of requests");
        }
        long names = classes.stream().map(RequestClass::name).distinct().count();
        if (names < classes.size()) {
            throw new IllegalArgumentException("two classes of a workload have the same name: "
                    + classes.stream().map(RequestClass::name).toList());
        }
    }

    /** Single questions of one kind. */
    public static Workload of(PromptSource prompts, TokenLength outputLength, long seed) {
        return new Workload(List.of(RequestClass.of(prompts, outputLength)), seed);
    }

    /** What classes are held to that have objectives of their own, by name; empty where there is one class. */
    public Map<String, RequestObjectives> objectives() {
        Map<String, RequestObjectives> own = new TreeMap<>();
        if (classes.size() > 1) {
            classes.forEach(kind -> kind.objectives().ifPresent(objectives -> own.put(kind.name(), objectives)));
        }
        return own;
    }

    /** Whether every session is one request. */
    public boolean singleRequests() {
        return classes.stream().allMatch(kind -> kind.turns() == 1);
    }

    /** Whether every answer is to have a given number of tokens. */
    public boolean fixedLengths() {
        return classes.stream().allMatch(kind -> kind.outputLength().isEnforced());
    }

    /** Makes the prompts of so many sessions ready. */
    public void prepare(int sessions) {
        for (RequestClass kind : classes) {
            // A class numbers its prompts by session, so that the last session needs them all, whatever its share.
            kind.prompts().prepare((int) Math.min(MOST_PREPARED, (long) sessions * kind.turns()));
        }
    }

    /**
     * Begins a session.
     *
     * @param number from 0
     * @param lengths of its prompt and answer where the arrivals know them; its output length then replaces the class's
     */
    public Session session(int number, Optional<Arrivals.Lengths> lengths) {
        return new Session(number, classOf(number), lengths);
    }

    private RequestClass classOf(int session) {
        double total = classes.stream().mapToDouble(RequestClass::weight).sum();
        double drawn = chance(session, 0).nextDouble() * total;
        for (RequestClass kind : classes) {
            drawn -= kind.weight();
            if (drawn < 0) {
                return kind;
            }
        }
        return classes.get(classes.size() - 1);
    }

    /** A stream of its own for each session and each kind of draw: no draw depends on which others are made. */
    private SplittableRandom chance(int session, int draw) {
        // Hashed first, since the seeds of blocks lie close together.
        long hashed = new SplittableRandom(seed).nextLong();
        return new SplittableRandom(hashed + 8L * session + draw);
    }

    /** A session on its way; used by one thread at a time. */
    public final class Session {
        private static final int PREFIX = 1;
        private static final int CANCELLATION = 2;

        private final int number;
        private final RequestClass kind;
        private final Optional<Arrivals.Lengths> lengths;
        private final List<Message> said = new ArrayList<>();
        private int turn;

        private Session(int number, RequestClass kind, Optional<Arrivals.Lengths> lengths) {
            this.number = number;
            this.kind = kind;
            this.lengths = lengths;
        }

        /** Whether the text of an answer is needed for what comes after it. */
        public boolean needsAnswers() {
            return turn + 1 < kind.turns();
        }

        /** Whether there is another request. */
        public boolean hasNext() {
            return turn < kind.turns();
        }

        /**
         * The next request.
         *
         * @param answer to the one before; {@code null} for the first request, or when there was none
         */
        public PlannedRequest next(@Nullable String answer) {
            if (!hasNext()) {
                throw new IllegalStateException("session " + number + " has ended after " + turn + " requests");
            }
            if (answer != null) {
                said.add(new Message(Message.ASSISTANT, answer));
            }
            int prompt = promptOf(turn);
            said.add(new Message(Message.USER, question(prompt)));
            TokenLength length = lengths.isPresent()
                    ? new TokenLength.Exactly(clamped(lengths.get().outputTokens()[number]))
                    : kind.outputLength();
            PlannedRequest request = new PlannedRequest(
                    number,
                    turn,
                    turn == 0 ? 0 : kind.think().toNanos(),
                    said,
                    prompt,
                    length.tokensOf(prompt, seed),
                    length.isEnforced(),
                    classes.size() > 1 ? kind.name() : null,
                    cancellation());
            turn++;
            return request;
        }

        private int promptOf(int turnNumber) {
            long endless = (long) number * kind.turns() + turnNumber;
            return (int) (endless % kind.prompts().size());
        }

        private String question(int prompt) {
            String text = lengths.isPresent() && kind.prompts() instanceof SizedPrompts sized
                    ? sized(sized, prompt, lengths.get())
                    : kind.prompts().prompt(prompt);
            if (turn > 0 || kind.prefix().isEmpty()) {
                return text;
            }
            RequestClass.SharedPrefix prefix = kind.prefix().get();
            SplittableRandom chance = chance(number, PREFIX);
            return chance.nextDouble() < prefix.share()
                    ? prefix.texts().prompt(chance.nextInt(prefix.count())) + "\n" + text
                    : text;
        }

        /** What the pattern knows to be in common is said at a session's beginning; later questions are its own. */
        private String sized(SizedPrompts prompts, int prompt, Arrivals.Lengths known) {
            int tokens = known.promptTokens()[number];
            return known.blocks().isPresent() && turn == 0
                    ? prompts.prompt(
                            prompt,
                            tokens,
                            known.blocks().get().ids()[number],
                            known.blocks().get().tokens())
                    : prompts.prompt(prompt, tokens);
        }

        private Optional<Cancellation> cancellation() {
            return kind.cancellation()
                    .filter(some ->
                            chance(number * kind.turns() + turn, CANCELLATION).nextDouble() < some.share())
                    .map(RequestClass.Cancelled::when);
        }

        private static int clamped(int tokens) {
            return Math.max(1, Math.min(TokenLength.MOST_TOKENS, tokens));
        }
    }
}
