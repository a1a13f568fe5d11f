package dev.weighbridge.analysis.statistics;

import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * How many samples a paired comparison needs, and what it can find with those there are: to be asked before a run.
 *
 * <p>Samples are those that stand for themselves. Where samples share sources, {@link #effectiveSamples} says how many those are.
 *
 * @param alpha probability of calling a difference where there is none, two-sided; non-inferiority is tested on one side at half
 *     of it, as the two-sided interval does
 * @param power probability of finding a difference that is there
 */
public record Power(double alpha, double power) {
    /** What is used where nothing is said: 5 % and 80 %. */
    public static final Power USUAL = new Power(0.05, 0.8);

    /** More samples than anybody would ask. */
    private static final double MOST = 1e15;

    private static final int HALVINGS = 200;

    /**
     * @throws IllegalArgumentException when alpha is not between 0 and 1, or the power not between alpha and 1
     */
    public Power {
        if (!(alpha > 0 && alpha < 1 && power > alpha && power < 1)) {
            throw new IllegalArgumentException(
                    "alpha must be between 0 and 1 and the power between alpha and 1, got: " + alpha + " and " + power);
        }
    }

    /**
     * Samples with which McNemar's exact test finds a difference between two shares of right answers: the normal approximation
     * of Connor (Biometrics 43, 1987) with a correction for continuity, because the exact test is more cautious than the
     * normal one.
     *
     * @param discordance share of samples that one answers right and the other wrong, over 0 and at most 1
     * @param difference of the two shares, not 0 and no larger than the discordance
     */
    public long samplesForFlips(double discordance, double difference) {
        double size = Math.abs(difference);
        if (!(discordance > 0 && discordance <= 1 && size > 0 && size <= discordance)) {
            throw new IllegalArgumentException(
                    "a difference must be over 0 and at most the discordance, which is at most" + " 1, got: "
                            + difference + " and " + discordance);
        }
        double root = flipErrors(discordance, size);
        double samples = (root + Math.sqrt(root * root + 4 * size)) / (2 * size);
        return whole(samples * samples);
    }

    /**
     * The smallest difference that so many samples find, by the same approximation.
     *
     * @param discordance share of samples that one answers right and the other wrong, over 0 and at most 1
     * @param n samples, at least 1
     * @return empty when they would not even find all of the discordance going one way
     */
    public OptionalDouble detectableByFlips(double discordance, long n) {
        checkSamples(n);
        if (samplesForFlips(discordance, discordance) > n) {
            return OptionalDouble.empty();
        }
        double samples = n;
        return OptionalDouble.of(smallest(
                size -> samples * size - 1 - Math.sqrt(samples) * flipErrors(discordance, size), 0, discordance));
    }

    /**
     * Samples with which a paired t test finds a mean difference: normal approximation with the correction of Guenther (Am.
     * Statist. 35, 1981) for a deviation that is estimated.
     *
     * @param deviation standard deviation of the differences by sample, at least 0
     * @param difference of the means, not 0
     */
    public long samples(double deviation, double difference) {
        return samplesFor(deviation, Math.abs(difference));
    }

    /**
     * The smallest mean difference that so many samples find, by the same approximation.
     *
     * @param deviation standard deviation of the differences by sample, at least 0
     * @param n samples, at least 1
     * @return empty when there are too few samples for any difference, which is up to 2 at an alpha of 5 %
     */
    public OptionalDouble detectable(double deviation, long n) {
        checkSamples(n);
        checkDeviation(deviation);
        double left = n - guenther();
        return left <= 0 || n < 2
                ? OptionalDouble.empty()
                : OptionalDouble.of((quantileOfAlpha() + quantileOfPower()) * deviation / Math.sqrt(left));
    }

    /**
     * Samples with which a variant is shown to be no worse than the margin allows, if its true difference is the expected one.
     *
     * @param deviation standard deviation of the differences by sample, at least 0; of flips {@link #deviationOfFlips}
     * @param margin largest loss that is accepted, over 0
     * @param expected true difference, 0 when the variant is as good; over minus the margin
     */
    public long samplesForNonInferiority(double deviation, double margin, double expected) {
        if (!(margin > 0 && margin + expected > 0)) {
            throw new IllegalArgumentException(
                    "a margin must be over 0 and the expected difference above minus the margin," + " got: " + margin
                            + " and " + expected);
        }
        return samplesFor(deviation, margin + expected);
    }

    /**
     * Standard deviation by sample of the difference of two answers that are right or wrong: √(discordance − difference²).
     *
     * @param discordance share of samples that one answers right and the other wrong
     * @param difference of the shares of right answers, no larger than the discordance
     */
    public static double deviationOfFlips(double discordance, double difference) {
        if (!(discordance >= 0 && discordance <= 1 && Math.abs(difference) <= discordance)) {
            throw new IllegalArgumentException("a difference must be at most the discordance, which is at most 1, got: "
                    + difference + " and " + discordance);
        }
        return Math.sqrt(discordance - difference * difference);
    }

    /**
     * By what factor clusters raise the variance of a mean, the design effect (Kish, Survey Sampling, 1965; for clusters of
     * unequal size Eldridge, Int. J. Epidemiol. 35, 2006): {@code 1 + ((1 + cv²) m − 1) ρ}.
     *
     * @param meanSize samples per cluster, m, at least 1
     * @param variation standard deviation of the sizes over their mean, cv; 0 for clusters of one size
     * @param correlation of two samples of a cluster, ρ, from 0 to 1
     */
    public static double designEffect(double meanSize, double variation, double correlation) {
        if (!(meanSize >= 1 && variation >= 0 && correlation >= 0 && correlation <= 1)) {
            throw new IllegalArgumentException(
                    "a design effect needs clusters of at least 1 sample, a variation of at least"
                            + " 0 and a correlation from 0 to 1, got: " + meanSize + ", " + variation + " and "
                            + correlation);
        }
        return 1 + ((1 + variation * variation) * meanSize - 1) * correlation;
    }

    /** Samples standing for themselves that say as much as n under a design effect. */
    public static double effectiveSamples(long n, double designEffect) {
        checkSamples(n);
        if (!(designEffect > 0)) {
            throw new IllegalArgumentException("a design effect is greater than 0, got: " + designEffect);
        }
        return n / designEffect;
    }

    private long samplesFor(double deviation, double distance) {
        checkDeviation(deviation);
        if (!(distance > 0)) {
            throw new IllegalArgumentException("no number of samples finds a difference of " + distance + ".");
        }
        double errors = (quantileOfAlpha() + quantileOfPower()) * deviation / distance;
        return Math.max(2, whole(errors * errors + guenther()));
    }

    /** Standard errors between no difference and one of this size, each in its own spread, times √n. */
    private double flipErrors(double discordance, double size) {
        return quantileOfAlpha() * Math.sqrt(discordance)
                + quantileOfPower() * Math.sqrt(Math.max(0, discordance - size * size));
    }

    private double guenther() {
        return quantileOfAlpha() * quantileOfAlpha() / 2;
    }

    private double quantileOfAlpha() {
        return NormalDistribution.of(0, 1).inverseSurvivalProbability(alpha / 2);
    }

    private double quantileOfPower() {
        return NormalDistribution.of(0, 1).inverseCumulativeProbability(power);
    }

    /** Where a function turns from negative to positive. */
    private static double smallest(DoubleUnaryOperator function, double negative, double positive) {
        double low = negative;
        double high = positive;
        for (int i = 0; i < HALVINGS && low < high; i++) {
            double middle = (low + high) / 2;
            if (function.applyAsDouble(middle) < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static long whole(double samples) {
        return (long) Math.ceil(Math.min(MOST, samples));
    }

    private static void checkSamples(long n) {
        if (n < 1) {
            throw new IllegalArgumentException("at least 1 sample is needed, got: " + n);
        }
    }

    private static void checkDeviation(double deviation) {
        if (!(deviation >= 0 && Double.isFinite(deviation))) {
            throw new IllegalArgumentException("a standard deviation is at least 0 and finite, got: " + deviation);
        }
    }
}
