package dev.weighbridge.analysis.statistics;

/**
 * Holm's correction (Scand. J. Statist. 6, 1979): calling those adjusted p-values significant that are at most α errs anywhere
 * in the family with a probability of at most α, however the tests depend on each other.
 */
public final class Holm {
    private Holm() {}

    /**
     * The adjusted p-values, in the order of the given ones.
     *
     * @throws IllegalArgumentException when one is not between 0 and 1
     */
    public static double[] adjusted(double[] p) {
        int[] order = PValues.ascending(p);
        double[] adjusted = new double[p.length];
        double largest = 0;
        for (int i = 0; i < order.length; i++) {
            largest = Math.max(largest, Math.min(1, (order.length - i) * p[order[i]]));
            adjusted[order[i]] = largest;
        }
        return adjusted;
    }
}
