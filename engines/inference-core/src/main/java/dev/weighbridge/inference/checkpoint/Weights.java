package dev.weighbridge.inference.checkpoint;

import dev.weighbridge.inference.checkpoint.TensorSource.TensorInfo;
import dev.weighbridge.inference.family.Description;
import dev.weighbridge.inference.model.BadModel;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightShapes;
import dev.weighbridge.inference.model.WeightView;
import dev.weighbridge.inference.model.WeightView.Piece;
import dev.weighbridge.inference.model.WeightView.Rows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The weights of a checkpoint by their roles, each found to be there in the shape that the definition asks for. */
public final class Weights {
    /** Buffers that libraries have saved along with weights; they follow from the configuration. */
    private static final Set<String> UNREAD = Set.of(".inv_freq", ".masked_bias");

    private final TensorSource tensors;
    private final Map<Role, List<Long>> shapes;
    private final Map<Role, WeightView> views;

    private Weights(TensorSource tensors, Map<Role, List<Long>> shapes, Map<Role, WeightView> views) {
        this.tensors = tensors;
        this.shapes = shapes;
        this.views = views;
    }

    /**
     * Finds the weights of a model.
     *
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when a tensor is missing, of another shape or type than
     *     its role asks for, or when there is one that no role reads
     */
    public static Weights of(Description description, TensorSource tensors) {
        Map<Role, List<Long>> shapes = WeightShapes.of(description.definition());
        Map<Role, WeightView> views = new LinkedHashMap<>();
        Set<String> read = new HashSet<>();
        shapes.forEach((role, shape) -> {
            WeightView view = found(description.views().apply(role), description.prefix(), tensors);
            requireShape(role, shape, view, tensors);
            view.pieces().forEach(piece -> read.add(piece.tensor()));
            views.put(role, view);
        });
        requireNothingElse(description, tensors, read);
        return new Weights(tensors, shapes, views);
    }

    /** Roles in the order in which a token meets them. */
    public Set<Role> roles() {
        return shapes.keySet();
    }

    public boolean has(Role role) {
        return shapes.containsKey(role);
    }

    /** Outermost dimension first. */
    public List<Long> shape(Role role) {
        List<Long> shape = shapes.get(role);
        if (shape == null) {
            throw new IllegalArgumentException("the model has no " + role);
        }
        return shape;
    }

    /** Number of values. */
    public long count(Role role) {
        return shape(role).stream().reduce(1L, Math::multiplyExact);
    }

    /** The tensor of the checkpoint that is the role's weight just as it is stored; empty where it must be put together. */
    public Optional<TensorInfo> stored(Role role) {
        WeightView view = view(role);
        return view.isWhole() ? Optional.of(tensors.info(view.pieces().get(0).tensor())) : Optional.empty();
    }

    /** The values, row-major, as a fresh array of 32-bit floats. */
    public float[] floats(Role role) {
        WeightView view = view(role);
        if (view.isWhole()) {
            return tensors.floats(view.pieces().get(0).tensor());
        }
        float[] values = new float[Math.toIntExact(count(role))];
        int at = 0;
        for (Piece piece : view.pieces()) {
            at = copy(piece, view, values, at);
        }
        if (view.offset() != 0) {
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) view.offset();
            }
        }
        return values;
    }

    private WeightView view(Role role) {
        shape(role);
        WeightView view = views.get(role);
        if (view == null) {
            throw new IllegalStateException("no view of " + role);
        }
        return view;
    }

    private int copy(Piece piece, WeightView view, float[] target, int start) {
        List<Long> shape = tensors.info(piece.tensor()).shape();
        float[] stored = tensors.floats(piece.tensor());
        int rows = Math.toIntExact(rows(shape, view.transposed()));
        int width = rows == 0 ? 0 : stored.length / rows;
        Rows chosen = piece.rows() == null ? new Rows(1, rows, 0, rows) : piece.rows();
        int at = start;
        for (int group = 0; group < chosen.groups(); group++) {
            int first = group * chosen.stride() + chosen.from();
            for (int row = first; row < first + chosen.count(); row++) {
                if (view.transposed()) {
                    for (int i = 0; i < width; i++) {
                        target[at + i] = stored[i * rows + row];
                    }
                } else {
                    System.arraycopy(stored, row * width, target, at, width);
                }
                at += width;
            }
        }
        return at;
    }

    private static long rows(List<Long> shape, boolean transposed) {
        return transposed && shape.size() == 2 ? shape.get(1) : shape.get(0);
    }

    /** The view with the names under which the checkpoint has its tensors. */
    private static WeightView found(WeightView view, String prefix, TensorSource tensors) {
        List<Piece> pieces = new ArrayList<>();
        for (Piece piece : view.pieces()) {
            String name = piece.tensor();
            boolean bare = !tensors.names().contains(name) && !prefix.isEmpty() && name.startsWith(prefix);
            boolean there = bare && tensors.names().contains(name.substring(prefix.length()));
            pieces.add(there ? new Piece(name.substring(prefix.length()), piece.rows()) : piece);
        }
        return new WeightView(pieces, view.transposed(), view.offset());
    }

    private static void requireShape(Role role, List<Long> shape, WeightView view, TensorSource tensors) {
        long rows = 0;
        for (Piece piece : view.pieces()) {
            TensorInfo info = tensors.info(piece.tensor());
            MappedTensors.requireFloats(info);
            if (info.shape().isEmpty() || info.shape().size() > 2) {
                throw wrongShape(info, role, shape);
            }
            long all = rows(info.shape(), view.transposed());
            Rows chosen = piece.rows();
            rows += chosen == null ? all : (long) chosen.groups() * chosen.count();
            long width = info.shape().size() == 1 ? 1 : info.shape().get(view.transposed() ? 0 : 1);
            boolean fused = chosen != null
                    && (long) (chosen.groups() - 1) * chosen.stride() + chosen.from() + chosen.count() > all;
            boolean stacked = view.pieces().size() > 1 && info.shape().size() == 1;
            boolean wide = shape.size() == 2 && !stacked && width != shape.get(1);
            boolean whole = view.isWhole() && !info.shape().equals(shape);
            if (fused || wide || whole) {
                throw wrongShape(info, role, shape);
            }
        }
        boolean vectors = view.pieces().size() > 1
                && tensors.info(view.pieces().get(0).tensor()).shape().size() == 1;
        long expected = vectors ? shape.stream().reduce(1L, Math::multiplyExact) : shape.get(0);
        if (rows != expected) {
            throw wrongShape(tensors.info(view.pieces().get(0).tensor()), role, shape);
        }
    }

    private static RuntimeException wrongShape(TensorInfo info, Role role, List<Long> shape) {
        return BadModel.because(info.file() + ", tensor " + info.name() + " has the shape " + info.shape()
                + ", config.json asks for " + shape + " as " + role + ". Use the config.json of this model.");
    }

    private static void requireNothingElse(Description description, TensorSource tensors, Set<String> read) {
        for (String name : tensors.names()) {
            boolean known = read.contains(name)
                    || UNREAD.stream().anyMatch(name::endsWith)
                    || description.unread().stream().anyMatch(name::endsWith);
            if (!known) {
                throw BadModel.because(tensors.info(name).file() + " has the tensor " + BadModel.shown(name)
                        + ", which config.json says nothing of: the model would be run without it."
                        + " Use the config.json of this model.");
            }
        }
    }
}
