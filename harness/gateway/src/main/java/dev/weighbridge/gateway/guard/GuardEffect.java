package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What a chain of guards does to texts of which it is known whether they are harmful. The counts are those from which shares and
 * their intervals are made, for example Wilson's: hits of trials.
 *
 * @param side at which the texts were judged
 * @param texts with what became of each, in the order in which they were judged
 */
public record GuardEffect(Side side, List<Judged> texts) {
    public GuardEffect {
        texts = List.copyOf(texts);
    }

    /**
     * A text and whether it is harmful.
     *
     * @param text that is judged
     * @param harmful whether it should be blocked
     */
    public record Labelled(String text, boolean harmful) {}

    /**
     * A text and what became of it.
     *
     * @param labelled the text
     * @param judgement of the chain
     * @param nanos that the chain took
     */
    public record Judged(Labelled labelled, Judgement judgement, long nanos) {
        /** Whether it was blocked. */
        public boolean blocked() {
            return judgement.verdict() instanceof Verdict.Blocked;
        }
    }

    /**
     * What became of texts of one label.
     *
     * @param texts in all
     * @param blocked of them; this of {@code texts} is the block rate
     * @param masked of them, and let through
     * @param failed of them that some guard could not judge, blocked or let through as the guard's post says
     */
    public record Counts(int texts, int blocked, int masked, int failed) {
        public Counts {
            if (blocked < 0 || masked < 0 || failed < 0 || blocked + masked > texts || failed > texts) {
                throw new IllegalArgumentException("counts must be of " + texts + " texts, got: " + blocked
                        + " blocked, " + masked + " masked and " + failed + " failed");
            }
        }
    }

    /**
     * Judges each text by itself, one after the other.
     *
     * @param nanoTime nanoseconds of a clock that never goes back, such as {@code System::nanoTime}
     */
    public static GuardEffect of(GuardChain chain, Side side, List<Labelled> texts, LongSupplier nanoTime) {
        List<Judged> judged = new ArrayList<>();
        for (Labelled labelled : texts) {
            long start = nanoTime.getAsLong();
            Judgement judgement = chain.judge(side, labelled.text());
            judged.add(new Judged(labelled, judgement, nanoTime.getAsLong() - start));
        }
        return new GuardEffect(side, judged);
    }

    /** What became of the texts of one label. */
    public Counts counts(boolean harmful) {
        int all = 0;
        int blocked = 0;
        int masked = 0;
        int failed = 0;
        for (Judged text : texts) {
            if (text.labelled().harmful() == harmful) {
                all++;
                blocked += text.blocked() ? 1 : 0;
                masked += text.judgement().verdict() instanceof Verdict.Masked ? 1 : 0;
                failed += text.judgement().failed().isEmpty() ? 0 : 1;
            }
        }
        return new Counts(all, blocked, masked, failed);
    }

    /** Texts of one label that each guard blocked, being the first to do so; guards that blocked none are left out. */
    public Map<String, Integer> blockedByGuard(boolean harmful) {
        Map<String, Integer> blocked = new TreeMap<>();
        for (Judged text : texts) {
            if (text.labelled().harmful() == harmful && text.judgement().verdict() instanceof Verdict.Blocked block) {
                blocked.merge(block.guard(), 1, Integer::sum);
            }
        }
        return blocked;
    }

    /**
     * The time that the chain took for a text, at a share of the texts that took no longer (nearest rank).
     *
     * @param share above 0, at most 1
     * @throws IllegalStateException when there is no text
     */
    public long nanos(double share) {
        if (texts.isEmpty()) {
            throw new IllegalStateException("no text was judged");
        }
        long[] sorted = texts.stream().mapToLong(Judged::nanos).sorted().toArray();
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
