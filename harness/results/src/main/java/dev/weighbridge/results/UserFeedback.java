package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What users said of variants: {@code feedback.json}.
 *
 * @param schemaVersion of this record
 * @param logs it was read from
 * @param rows that are not blank, broken ones among them
 * @param broken rows that could not be used, by their fault
 * @param baseline that the others are held against; {@code null} where none is
 * @param variants by name as the logs have it
 */
public record UserFeedback(
        int schemaVersion,
        List<Log> logs,
        long rows,
        Map<String, Long> broken,
        @Nullable String baseline,
        List<ByVariant> variants) {
    public static final int SCHEMA_VERSION = 1;

    /** Share of thumbs that are up. */
    public static final String THUMBS_UP = "thumbs_up";

    /** Mean rating, from 1 to 5. */
    public static final String RATING = "rating";

    /** Mean share of the words of an answer that users who edited it left, 1 less the edit distance. */
    public static final String EDIT_SIMILARITY = "edit_similarity";

    /** What a reader must know of every figure of users who chose to speak. */
    public static final String SELECTION_BIAS =
            "Who speaks up is not drawn at random: those who are pleased or annoyed do. Every figure is one of those who did, and its"
                    + " interval says nothing of the others. The bounds hold whatever the silent think: the lower one takes them all to be"
                    + " against, the upper one all to be for. A difference between variants is one of their answers alone only if the same"
                    + " kind of users speaks up at each. Requests count as independent, also those of one user.";

    public UserFeedback {
        logs = List.copyOf(logs);
        broken = Map.copyOf(broken);
        variants = List.copyOf(variants);
    }

    /**
     * A file.
     *
     * @param sha256 of it, hex
     */
    public record Log(String name, String sha256) {}

    /**
     * What users said of one variant.
     *
     * @param requests different ones
     * @param responseRate share of requests with any feedback
     * @param scores those that there is feedback for
     */
    public record ByVariant(String variant, long requests, Measurement responseRate, List<Score> scores) {
        public ByVariant {
            scores = List.copyOf(scores);
        }
    }

    /**
     * One kind of feedback.
     *
     * @param figure over those who gave it; {@link #THUMBS_UP}, {@link #RATING} or {@link #EDIT_SIMILARITY}
     * @param least over all requests, if all who gave none were against
     * @param most over all requests, if all who gave none were for
     * @param difference from the baseline, or {@code null} where there is none
     */
    public record Score(
            Measurement figure,
            double least,
            double most,
            @Nullable Difference difference) {}

    /**
     * Figure of a variant less that of the baseline.
     *
     * @param figure with its interval
     * @param paired whether it is one on requests that both answered and had rated
     * @param p two-sided, of no difference; {@code null} where none can be given
     */
    public record Difference(
            Measurement figure, boolean paired, @Nullable Double p) {}
}
