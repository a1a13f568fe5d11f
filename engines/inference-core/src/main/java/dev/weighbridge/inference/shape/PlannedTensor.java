package dev.weighbridge.inference.shape;

import dev.weighbridge.inference.family.Description;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightShapes;
import dev.weighbridge.inference.model.WeightView;
import dev.weighbridge.inference.model.WeightView.Piece;
import dev.weighbridge.inference.model.WeightView.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tensor of a checkpoint before it has values.
 *
 * @param name in the checkpoint
 * @param shape as stored, outermost dimension first
 * @param mean of its values
 * @param deviation of its values; 0 when all are the mean
 */
record PlannedTensor(String name, List<Long> shape, double mean, double deviation) {
    /** Of biases that are not a norm's. */
    private static final double BIAS = 0.02;

    /** Standard deviation of logits where the head reads a normalized stream; about what trained models have. */
    private static final double LOGITS = 2;

    PlannedTensor {
        shape = List.copyOf(shape);
    }

    /** Number of values. */
    long count() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /**
     * The tensors that a model's roles are read from, each once: as many rows as the last row that any role reads, as wide as the
     * roles are.
     */
    static List<PlannedTensor> of(Description description) {
        Map<String, PlannedTensor> tensors = new LinkedHashMap<>();
        WeightShapes.of(description.definition()).forEach((role, shape) -> {
            WeightView view = description.views().apply(role);
            if (view.pieces().size() != 1) {
                throw new IllegalStateException(
                        role + " is read from " + view.pieces().size() + " tensors; one is supported");
            }
            PlannedTensor tensor = of(role, shape, view, unscaled(description.definition()));
            tensors.merge(tensor.name(), tensor, (one, other) -> one.count() >= other.count() ? one : other);
        });
        return List.copyOf(tensors.values());
    }

    /** By how much larger scores are than where they are scaled by the root of a head's size. */
    private static double unscaled(Definition definition) {
        Attention attention = definition.attention(0);
        return attention.relative() == null ? 1 : attention.scale() * Math.sqrt(attention.headSize());
    }

    private static PlannedTensor of(Role role, List<Long> shape, WeightView view, double unscaled) {
        Piece piece = view.pieces().get(0);
        Rows rows = piece.rows();
        List<Long> stored = new ArrayList<>(shape);
        if (rows != null) {
            stored.set(0, (long) (rows.groups() - 1) * rows.stride() + rows.from() + rows.count());
        }
        if (view.transposed() && stored.size() == 2) {
            stored = List.of(stored.get(1), stored.get(0));
        }
        return new PlannedTensor(
                piece.tensor(), stored, mean(role, shape) - view.offset(), deviation(role, shape, unscaled));
    }

    private static double mean(Role role, List<Long> shape) {
        if (role.part() == Role.Part.EMBEDDING_NORM) {
            // As small as embeddings without a norm: a tied head would else find the last token in the stream and
            // repeat it.
            return LOGITS / Math.sqrt(shape.get(0));
        }
        return role.part().name().endsWith("_NORM") ? 1 : 0;
    }

    /** So that what a matrix gives is about as large as what it takes. */
    private static double deviation(Role role, List<Long> shape, double unscaled) {
        String part = role.part().name();
        if (part.endsWith("_NORM") || part.endsWith("_NORM_BIAS")) {
            return 0;
        }
        if (shape.size() == 1) {
            return BIAS;
        }
        double inputs = shape.get(1);
        return switch (role.part()) {
            case EMBEDDING, POSITIONS, HEAD -> LOGITS / Math.sqrt(inputs);
            case QUERY, CROSS_QUERY -> 1 / (Math.sqrt(inputs) * unscaled);
            default -> 1 / Math.sqrt(inputs);
        };
    }
}
