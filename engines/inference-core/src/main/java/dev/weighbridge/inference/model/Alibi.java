package dev.weighbridge.inference.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Attention with linear biases (arXiv 2108.12409): the score of a key grows with its position, more steeply in some heads.
 * Only differences between keys matter, so that the position stands for the distance.
 *
 * @param slopes one a head
 * @param factor that the bias is multiplied by
 * @param sixteenBits whether slope and bias are rounded to bfloat16, as transformers does it for Falcon
 */
public record Alibi(List<Double> slopes, double factor, boolean sixteenBits) {
    public Alibi {
        slopes = List.copyOf(slopes);
    }

    /** The slopes of the paper, extended to any number of heads as its authors do. */
    public static List<Double> slopes(int heads) {
        int power = Integer.highestOneBit(heads);
        List<Double> slopes = new ArrayList<>();
        double base = Math.pow(2, -8.0 / power);
        for (int head = 1; head <= power; head++) {
            slopes.add(Math.pow(base, head));
        }
        double between = Math.pow(2, -4.0 / power);
        for (int head = 0; head < heads - power; head++) {
            slopes.add(Math.pow(between, 2 * head + 1));
        }
        return slopes;
    }

    /** What is added to the scores of the key at a position. */
    public float bias(int head, int position) {
        double slope = slopes.get(head);
        return sixteenBits
                ? (float) (factor * rounded(rounded(slope) * position))
                : (float) (factor * (float) slope * position);
    }

    /** To the nearest bfloat16, ties to even. */
    private static float rounded(double value) {
        int bits = Float.floatToRawIntBits((float) value);
        return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
    }
}
