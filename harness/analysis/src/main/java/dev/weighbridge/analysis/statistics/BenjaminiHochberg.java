package dev.weighbridge.analysis.statistics;

/**
 * The correction of Benjamini and Hochberg (J. R. Statist. Soc. B 57, 1995): of those called significant with an adjusted
 * p-value of at most q, a share of at most q is expected to be none, where the tests do not depend on each other.
 */
public final class BenjaminiHochberg {
    private BenjaminiHochberg() {}

    /**
     * The adjusted p-values, in the order of the given ones.
     *
     * @throws IllegalArgumentException when one is not between 0 and 1
     */
    public static double[] adjusted(double[] p) {
        int[] order = PValues.ascending(p);
        double[] adjusted = new double[p.length];
        double smallest = 1;
        for (int i = order.length - 1; i >= 0; i--) {
            smallest = Math.min(smallest, p[order[i]] * order.length / (i + 1));
            adjusted[order[i]] = smallest;
        }
        return adjusted;
    }
}
