package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.ClusteredMean;
import org.jspecify.annotations.Nullable;

/**
 * Perplexity of a candidate over that of the base on the same tokens.
 *
 * @param logRatio mean over tokens of the base's log-probability less the candidate's, in nats. Its variance is that of the
 *     differences, which is the sum of both variances less twice the covariance; its standard error is over samples
 * @param tokens whose log-probabilities the base gives; others are left out
 * @param bounded tokens among them of which the candidate only says that they are not among its most likely; with any, the true
 *     ratio is at least this one
 */
public record PerplexityRatio(ClusteredMean logRatio, long tokens, long bounded) {

    /** The ratio; over 1 when the candidate predicts worse. */
    public double ratio() {
        return Math.exp(logRatio.mean());
    }

    /** Standard error of the ratio, by that of its logarithm (delta method); {@code null} when that one is. */
    public @Nullable Double standardError() {
        Double error = logRatio.standardError();
        return error == null ? null : Double.valueOf(ratio() * error);
    }

    /** Lower end of the 95 % interval; 0 when nothing bounds it. */
    public double low() {
        return bound(-logRatio.half());
    }

    /** Upper end of the 95 % interval; infinite when nothing bounds it. */
    public double high() {
        return bound(logRatio.half());
    }

    private double bound(double half) {
        return Math.exp(logRatio.standardError() == null ? half : logRatio.mean() + half);
    }
}
