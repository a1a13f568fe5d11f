package dev.weighbridge.scoring.factuality;

import java.util.List;

/**
 * How far passages bear out a claim.
 *
 * <p>Of the retrieved passages the one counts that has the largest share of the claim's different content stems (ties: the one
 * that BM25 ranks higher). That share is the {@code recall}. The claim is supported when its recall reaches a threshold and every
 * number and every capitalised name of the claim is in that same passage. The rule is Weighbridge's own: like FActScore (Min et al.,
 * arXiv 2305.14251) it gives the share of claims that a source supports, but it judges by words, so that it costs no model and
 * always gives the same. Recall over the claim, and not F1, is taken because a passage may say more than the claim. Numbers and names
 * must match since a claim that is wrong in one of them shares nearly all its words with the passage that refutes it. A negated claim
 * is not told from its opposite, and one in other words than the passage's counts as unsupported.
 *
 * @param recall share of the claim's content stems that its best passage has; 1 for a claim of numbers alone
 * @param numbers whether the claim has numbers
 * @param numbersFound whether the best passage has all of them
 * @param namesFound whether the best passage has all names
 */
public record Support(double recall, boolean numbers, boolean numbersFound, boolean namesFound) {
    /** Of a claim by retrieved passages, the best ranked first. */
    public static Support of(String claim, List<String> passages) {
        Content content = Content.of(claim);
        Support best = new Support(
                0,
                !content.numbers().isEmpty(),
                content.numbers().isEmpty(),
                content.names().isEmpty());
        double highest = -1;
        for (String passage : passages) {
            Content there = Content.of(passage);
            double recall = recall(content, there);
            if (recall > highest) {
                highest = recall;
                best = new Support(
                        recall,
                        !content.numbers().isEmpty(),
                        there.numbers().containsAll(content.numbers()),
                        there.words().containsAll(content.names()));
            }
        }
        return best;
    }

    private static double recall(Content claim, Content passage) {
        if (claim.stems().isEmpty()) {
            return passage.numbers().containsAll(claim.numbers()) ? 1 : 0;
        }
        return (double) claim.stems().stream().filter(passage.stems()::contains).count()
                / claim.stems().size();
    }

    /** Whether the claim is borne out at a threshold of recall. */
    public boolean supported(double threshold) {
        return recall >= threshold && numbersFound && namesFound;
    }
}
