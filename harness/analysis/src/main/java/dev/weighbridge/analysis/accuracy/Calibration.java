package dev.weighbridge.analysis.accuracy;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Whether a model is as often right as it is confident, and whether it knows when it is wrong.
 *
 * <p>Errors by bins are biased upwards when samples are few: the HELM project warns of fewer than 300. Answers of equal
 * confidence are taken to be in random order, and figures that depend on the order are expected ones.
 */
public final class Calibration {
    /** Bins where nothing else is said, as in the HELM project. */
    public static final int BINS = 10;

    private final double[] confidences;
    private final boolean[] correct;
    /** Samples, and right ones, of each level of confidence and all above it; highest level first. */
    private final int[] covered;

    private final int[] right;

    private Calibration(double[] confidences, boolean[] correct) {
        this.confidences = confidences;
        this.correct = correct;
        int[] order = IntStream.range(0, confidences.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> confidences[i])
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        int[] ends = IntStream.range(0, order.length)
                .filter(i -> i == order.length - 1 || confidences[order[i]] != confidences[order[i + 1]])
                .map(i -> i + 1)
                .toArray();
        covered = ends;
        right = new int[ends.length];
        int hits = 0;
        int level = 0;
        for (int i = 0; i < order.length; i++) {
            hits += correct[order[i]] ? 1 : 0;
            if (i + 1 == ends[level]) {
                right[level++] = hits;
            }
        }
    }

    /**
     * The calibration of answers.
     *
     * @param confidences that the model gave its answers, from 0 to 1
     * @param correct whether the answers were right, in the same order
     * @throws IllegalArgumentException when there are no answers, not as many of each, or a confidence is not from 0 to 1
     */
    public static Calibration of(double[] confidences, boolean[] correct) {
        if (confidences.length == 0 || confidences.length != correct.length) {
            throw new IllegalArgumentException("calibration needs a confidence for each answer and at least one, got: "
                    + confidences.length + " confidences, " + correct.length + " answers");
        }
        for (double confidence : confidences) {
            CalibrationBins.check(confidence);
        }
        return new Calibration(confidences.clone(), correct.clone());
    }

    /** Answers. */
    public int n() {
        return confidences.length;
    }

    /** Expected calibration error, a share, by {@value #BINS} bins of equal mass. */
    public double expectedError() {
        return expectedError(CalibrationBins.equalMass(confidences, BINS));
    }

    /** Expected calibration error by other bins. */
    public double expectedError(CalibrationBins bins) {
        return CalibrationBins.expectedError(bins.sums(confidences, correct));
    }

    /** Maximum calibration error, a share, by {@value #BINS} bins of equal mass. */
    public double maximumError() {
        return maximumError(CalibrationBins.equalMass(confidences, BINS));
    }

    /** Maximum calibration error by other bins. */
    public double maximumError(CalibrationBins bins) {
        return CalibrationBins.maximumError(bins.sums(confidences, correct));
    }

    /**
     * Accuracy of the most confident answers.
     *
     * @param coverage share of answers to keep, over 0 and at most 1; rounded up to whole ones
     * @throws IllegalArgumentException for another coverage
     */
    public double selectiveAccuracy(double coverage) {
        if (!(coverage > 0 && coverage <= 1)) {
            throw new IllegalArgumentException("a coverage is over 0 and at most 1, got: " + coverage);
        }
        // What is left of a product like 0.1 × 30 over a whole number is rounding.
        int kept = Math.max(1, (int) Math.ceil(coverage * n() - 1e-9));
        int level = 0;
        while (covered[level] < kept) {
            level++;
        }
        return expectedRight(level, kept) / kept;
    }

    /**
     * Area under the curve of risk (share of wrong answers) over coverage: mean over k of the risk of the k most confident
     * answers (Geifman and others, ICLR 2019). 0 is best; a model whose confidence says nothing has its error rate.
     */
    public double riskCoverageArea() {
        double area = 0;
        int level = 0;
        for (int kept = 1; kept <= n(); kept++) {
            if (covered[level] < kept) {
                level++;
            }
            area += 1 - expectedRight(level, kept) / kept;
        }
        return area / n();
    }

    /** Expected right answers among so many, the last of which are drawn from a level. */
    private double expectedRight(int level, int kept) {
        int before = level == 0 ? 0 : covered[level - 1];
        int rightBefore = level == 0 ? 0 : right[level - 1];
        double share = (double) (right[level] - rightBefore) / (covered[level] - before);
        return rightBefore + share * (kept - before);
    }
}
