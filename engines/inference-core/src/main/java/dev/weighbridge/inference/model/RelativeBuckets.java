package dev.weighbridge.inference.model;

/**
 * Biases of attention scores that are learned for ranges of the distance between key and query, as T5 has them (Raffel et al.,
 * arXiv 1910.10683, section 2.1): near distances have a bucket each, far ones share buckets whose widths grow with the distance.
 * One table of {@code [buckets, heads]} serves all blocks of a stack.
 *
 * @param count of buckets
 * @param maxDistance from which on all distances share the last bucket
 * @param bidirectional whether keys after the query have half of the buckets; otherwise there are none
 */
public record RelativeBuckets(int count, int maxDistance, boolean bidirectional) {
    public RelativeBuckets {
        int ownSide = bidirectional ? count / 2 : count;
        if (ownSide < 2 || maxDistance <= ownSide / 2) {
            throw new IllegalArgumentException(
                    count + " buckets up to a distance of " + maxDistance + " are not possible");
        }
    }

    /** The bucket of a key at {@code offset}, its position less the query's. */
    public int of(int offset) {
        int side = bidirectional ? count / 2 : count;
        int first = bidirectional && offset > 0 ? side : 0;
        int distance = bidirectional ? Math.abs(offset) : Math.max(0, -offset);
        int exact = side / 2;
        if (distance < exact) {
            return first + distance;
        }
        // In 32-bit floats, as the model was trained: at the borders the last digit decides.
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) maxDistance / exact);
        return first + Math.min(side - 1, exact + (int) (share * (side - exact)));
    }
}
