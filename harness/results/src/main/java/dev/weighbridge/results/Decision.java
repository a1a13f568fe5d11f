package dev.weighbridge.results;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to deploy, and why not the others.
 *
 * @param schemaVersion of this record
 * @param study name
 * @param runId of the run it was made from
 * @param outcome whether there is a winner
 * @param chosen id of the variant to deploy, or {@code null} when none qualifies
 * @param summary one or two sentences for people
 * @param objectives that were applied
 * @param priceList name of the price list
 * @param priceDate its date
 * @param candidates every variant of the run, best first, with its verdict and reasons
 */
public record Decision(
        int schemaVersion,
        String study,
        String runId,
        Outcome outcome,
        @Nullable String chosen,
        String summary,
        Manifest.Objectives objectives,
        String priceList,
        String priceDate,
        List<Candidate> candidates) {

    public static final int SCHEMA_VERSION = 2;

    /** Whether there is a winner. */
    public enum Outcome {
        /** One variant is the cheapest that qualifies, beyond the intervals. */
        DECIDED,
        /** One variant is named, but others are inside its interval of cost. */
        TIED,
        /** What was measured does not settle whether any variant qualifies. */
        INCONCLUSIVE,
        /** No variant qualifies. */
        NONE_QUALIFIES
    }

    public Decision {
        candidates = List.copyOf(candidates);
    }

    /**
     * One variant's fate.
     *
     * @param variant id
     * @param verdict of the decision
     * @param reasons at least one
     * @param usdPerMillionOutputTokens with interval, or {@code null} when it has no price
     */
    public record Candidate(
            String variant,
            Verdict verdict,
            List<Reason> reasons,
            @Nullable Measurement usdPerMillionOutputTokens) {
        public Candidate {
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("candidate " + variant + " needs a reason");
            }
        }
    }

    /** How a variant fared. */
    public enum Verdict {
        CHOSEN,
        /** Qualifies, and its cost is inside the interval of the chosen one. */
        TIED,
        /** Qualifies, but is dearer. */
        DEARER,
        /** Whether it qualifies could not be told from what was measured. */
        INCONCLUSIVE,
        /** Misses an objective or the accuracy margin. */
        DISQUALIFIED,
        /** Surely lost before it was measured to the end, and got no more load. */
        SCREENED,
        /** Failed, invalid or skipped; not ranked. */
        NOT_RANKED
    }
}
