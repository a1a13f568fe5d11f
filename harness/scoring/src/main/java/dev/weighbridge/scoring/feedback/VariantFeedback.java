package dev.weighbridge.scoring.feedback;

/**
 * What users said of one variant. Who answers is not drawn at random: those who are pleased or annoyed speak up, so every share
 * among responses is one of responders alone. The bounds hold whatever the silent ones think: they take all of them to be against,
 * then all to be for (Manski, American Economic Review 80(2), 1990). They are no confidence interval: they say nothing of how much
 * another day's requests would differ.
 *
 * @param requests different ones
 * @param responded requests with any feedback
 * @param up requests with thumbs up
 * @param down requests with thumbs down
 * @param rated requests with a rating
 * @param ratingSum sum of these ratings, each from 1 to 5
 * @param ratingSquares sum of their squares
 * @param edits requests whose answer was edited
 * @param editSum sum of the edits' distances, each from 0 to 1
 * @param editSquares sum of their squares
 */
public record VariantFeedback(
        long requests,
        long responded,
        long up,
        long down,
        long rated,
        double ratingSum,
        double ratingSquares,
        long edits,
        double editSum,
        double editSquares) {
    private static final double WORST_RATING = 1;
    private static final double BEST_RATING = 5;

    /** Share of requests with any feedback. */
    public double responseRate() {
        return (double) responded / requests;
    }

    /** Share of thumbs that are up; NaN without any. */
    public double thumbsUp() {
        return (double) up / (up + down);
    }

    /** Share of requests with thumbs up if all that have no thumbs were down. */
    public double leastThumbsUp() {
        return (double) up / requests;
    }

    /** Share of requests with thumbs up if all that have no thumbs were up. */
    public double mostThumbsUp() {
        return (double) (requests - down) / requests;
    }

    /** Mean rating of the rated; NaN without any. */
    public double meanRating() {
        return ratingSum / rated;
    }

    /** Mean rating if all that have none had 1. */
    public double leastMeanRating() {
        return (ratingSum + (requests - rated) * WORST_RATING) / requests;
    }

    /** Mean rating if all that have none had 5. */
    public double mostMeanRating() {
        return (ratingSum + (requests - rated) * BEST_RATING) / requests;
    }

    /** Mean share of the answer's words that users changed, of the edited; NaN without any. */
    public double meanEdit() {
        return editSum / edits;
    }

    /** Variance of the ratings among the rated, with n − 1; NaN for fewer than two. */
    public double ratingVariance() {
        return variance(rated, ratingSum, ratingSquares);
    }

    /** Variance of the edits' distances among the edited, with n − 1; NaN for fewer than two. */
    public double editVariance() {
        return variance(edits, editSum, editSquares);
    }

    private static double variance(long n, double sum, double squares) {
        return n < 2 ? Double.NaN : Math.max(0, squares - sum * sum / n) / (n - 1);
    }
}
