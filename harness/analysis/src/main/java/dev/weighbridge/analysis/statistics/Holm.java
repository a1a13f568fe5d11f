package dev.weighbridge.analysis.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Holm's correction for several comparisons (Scand. J. Statist. 6, 1979): the chance of any false claim stays bounded. */
public final class Holm {
    private Holm() {}

    /** The adjusted values, in the order of the given ones; none is below its own or above 1. */
    public static double[] adjusted(double... p) {
        List<Integer> ascending = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .toList();
        double[] adjusted = new double[p.length];
        double highest = 0;
        for (int rank = 0; rank < p.length; rank++) {
            int i = ascending.get(rank);
            highest = Math.max(highest, Math.min(1, (p.length - rank) * p[i]));
            adjusted[i] = highest;
        }
        return adjusted;
    }
}
