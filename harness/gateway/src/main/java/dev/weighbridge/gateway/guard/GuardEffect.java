package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a chain of guards does to texts of which it is known whether they are harmful. The counts are those from which shares and
 * their intervals are made, for example Wilson's: hits of trials.
 *
 * @param side at which the texts were judged
 * @param harmful texts that should be blocked
 * @param harmless texts that should go on
 * @param blockedByGuard texts that each guard blocked, harmful and harmless ones; guards that blocked none are left out
 */
public record GuardEffect(Side side, Counts harmful, Counts harmless, Map<String, Integer> blockedByGuard) {
    public GuardEffect {
        blockedByGuard = Map.copyOf(blockedByGuard);
    }

    /**
     * A text and whether it is harmful.
     *
     * @param text that is judged
     * @param harmful whether it should be blocked
     */
    public record Labelled(String text, boolean harmful) {}

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

        private static Counts of(List<Judgement> judgements) {
            return new Counts(
                    judgements.size(),
                    (int) judgements.stream()
                            .filter(j -> j.verdict() instanceof Verdict.Blocked)
                            .count(),
                    (int) judgements.stream()
                            .filter(j -> j.verdict() instanceof Verdict.Masked)
                            .count(),
                    (int) judgements.stream().filter(j -> !j.failed().isEmpty()).count());
        }
    }

    /** Judges each text by itself. */
    public static GuardEffect of(GuardChain chain, Side side, List<Labelled> texts) {
        List<Judgement> harmful = new ArrayList<>();
        List<Judgement> harmless = new ArrayList<>();
        Map<String, Integer> blocked = new TreeMap<>();
        for (Labelled labelled : texts) {
            Judgement judgement = chain.judge(side, labelled.text());
            (labelled.harmful() ? harmful : harmless).add(judgement);
            if (judgement.verdict() instanceof Verdict.Blocked block) {
                blocked.merge(block.guard(), 1, Integer::sum);
            }
        }
        return new GuardEffect(side, Counts.of(harmful), Counts.of(harmless), blocked);
    }
}
