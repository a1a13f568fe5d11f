package dev.weighbridge.analysis.accuracy;

import java.util.Arrays;

/**
 * Bins of confidence, and what they make of the sums over samples. For an interval of an error, {@link #row} gives what a
 * sample adds to the sums and {@link #expectedError} is the statistic, with the bins as they are.
 *
 * <p>A confidence that is an edge belongs to the bin below it.
 */
public final class CalibrationBins {
    private static final int COLUMNS = 3;

    /** Upper edges, ascending and different, the last one 1. */
    private final double[] edges;

    private CalibrationBins(double[] edges) {
        this.edges = edges;
    }

    /**
     * Bins that hold the same number of these confidences, up to one, as the HELM project has them (10 of them): an edge lies
     * halfway between the confidences beside it. Equal confidences share a bin, so that there may be fewer bins and more in some.
     *
     * @param confidences from 0 to 1, at least one
     * @param count of bins, at least 1; as many as confidences when these are fewer
     * @throws IllegalArgumentException when there are no confidences or bins, or a confidence is not from 0 to 1
     */
    public static CalibrationBins equalMass(double[] confidences, int count) {
        check(count);
        if (confidences.length == 0) {
            throw new IllegalArgumentException("bins of equal mass need at least one confidence, got none");
        }
        double[] sorted = confidences.clone();
        Arrays.stream(sorted).forEach(CalibrationBins::check);
        Arrays.sort(sorted);
        int bins = Math.min(count, sorted.length);
        double[] edges = new double[bins];
        int end = 0;
        for (int bin = 0; bin < bins - 1; bin++) {
            end += sorted.length / bins + (bin < sorted.length % bins ? 1 : 0);
            edges[bin] = (sorted[end - 1] + sorted[end]) / 2;
        }
        edges[bins - 1] = 1;
        return new CalibrationBins(Arrays.stream(edges).distinct().toArray());
    }

    /**
     * Bins of the same width (Guo and others, ICML 2017).
     *
     * @param count of bins, at least 1
     */
    public static CalibrationBins equalWidth(int count) {
        check(count);
        double[] edges = new double[count];
        for (int bin = 0; bin < count; bin++) {
            edges[bin] = (bin + 1.0) / count;
        }
        return new CalibrationBins(edges);
    }

    /** How many bins there are. */
    public int count() {
        return edges.length;
    }

    /** The bin of a confidence, from 0. */
    public int bin(double confidence) {
        check(confidence);
        int found = Arrays.binarySearch(edges, confidence);
        return found >= 0 ? found : -found - 1;
    }

    /** What one sample adds to the sums: for each bin the number of samples, their confidence, and those that are right. */
    public double[] row(double confidence, boolean correct) {
        double[] row = new double[edges.length * COLUMNS];
        int start = bin(confidence) * COLUMNS;
        row[start] = 1;
        row[start + 1] = confidence;
        row[start + 2] = correct ? 1 : 0;
        return row;
    }

    /** Rows added up. */
    public double[] sums(double[] confidences, boolean[] correct) {
        double[] sums = new double[edges.length * COLUMNS];
        for (int i = 0; i < confidences.length; i++) {
            int start = bin(confidences[i]) * COLUMNS;
            sums[start]++;
            sums[start + 1] += confidences[i];
            sums[start + 2] += correct[i] ? 1 : 0;
        }
        return sums;
    }

    /** Expected calibration error of sums: Σ n_b / n · |mean confidence − accuracy|, a share; NaN of no samples. */
    public static double expectedError(double[] sums) {
        double n = 0;
        double error = 0;
        for (int start = 0; start < sums.length; start += COLUMNS) {
            n += sums[start];
            error += Math.abs(sums[start + 1] - sums[start + 2]);
        }
        return error / n;
    }

    /** Maximum calibration error of sums: the largest |mean confidence − accuracy| of a bin, a share; NaN of no samples. */
    public static double maximumError(double[] sums) {
        double largest = Double.NaN;
        for (int start = 0; start < sums.length; start += COLUMNS) {
            if (sums[start] > 0) {
                double error = Math.abs(sums[start + 1] - sums[start + 2]) / sums[start];
                largest = Double.isNaN(largest) ? error : Math.max(largest, error);
            }
        }
        return largest;
    }

    static void check(double confidence) {
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("a confidence is from 0 to 1, got: " + confidence);
        }
    }

    private static void check(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 bin is needed, got: " + count);
        }
    }
}
