package dev.weighbridge.inference.model;

import java.util.List;

/**
 * Rotary positions (RoFormer, arXiv 2104.09864) over the first values of a head, value {@code i} paired with value
 * {@code i + size / 2}. What follows them is left as it is.
 *
 * @param frequencies angle from one position to the next, in radians, one for each pair
 * @param factor that cosine and sine are multiplied by, which scaled positions may have (YaRN, arXiv 2309.00071, eq. 22)
 */
public record Rotary(List<Double> frequencies, double factor) {
    public Rotary {
        frequencies = List.copyOf(frequencies);
    }

    /** How many values of a head are rotated. */
    public int size() {
        return 2 * frequencies.size();
    }

    public float cosine(int position, int pair) {
        return (float) (factor * Math.cos(position * frequencies.get(pair)));
    }

    public float sine(int position, int pair) {
        return (float) (factor * Math.sin(position * frequencies.get(pair)));
    }
}
