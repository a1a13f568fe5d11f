package dev.weighbridge.inference.model;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a role's values lie among the tensors of a checkpoint: rows of one tensor, or of several put below one another. A
 * vector is a column, each of its values a row.
 *
 * @param pieces from the top
 * @param transposed whether the tensors are stored {@code [inputs, outputs]}; rows are those of the transposed matrix
 * @param offset added to every value, for weights that are stored as their difference from it
 */
public record WeightView(List<Piece> pieces, boolean transposed, double offset) {
    /**
     * Rows of one tensor.
     *
     * @param tensor name in the checkpoint
     * @param rows that belong to the role, or {@code null} for all
     */
    public record Piece(String tensor, @Nullable Rows rows) {}

    /**
     * Runs of rows at equal distances: {@code count} rows from {@code from}, then from {@code from + stride}, and so on.
     *
     * @param groups number of runs
     */
    public record Rows(int groups, int stride, int from, int count) {}

    public WeightView {
        pieces = List.copyOf(pieces);
    }

    /** A tensor as it is stored. */
    public static WeightView of(String tensor) {
        return new WeightView(List.of(new Piece(tensor, null)), false, 0);
    }

    /** Rows of a tensor from one on. */
    public static WeightView rows(String tensor, int from, int count) {
        return groups(tensor, 1, from + count, from, count);
    }

    /** Runs of rows of a tensor, as fused projections store the rows of a role. */
    public static WeightView groups(String tensor, int groups, int stride, int from, int count) {
        return new WeightView(List.of(new Piece(tensor, new Rows(groups, stride, from, count))), false, 0);
    }

    /** Whole tensors put below one another. */
    public static WeightView stacked(String... tensors) {
        return new WeightView(
                Arrays.stream(tensors).map(name -> new Piece(name, null)).toList(), false, 0);
    }

    /** The same of a tensor that is stored {@code [inputs, outputs]}. */
    public WeightView transpose() {
        return new WeightView(pieces, true, offset);
    }

    /** The same with a number added to every value. */
    public WeightView plus(double number) {
        return new WeightView(pieces, transposed, offset + number);
    }

    /** Whether the role is one tensor, just as it is stored. */
    public boolean isWhole() {
        return pieces.size() == 1 && pieces.get(0).rows() == null && !transposed && offset == 0;
    }
}
