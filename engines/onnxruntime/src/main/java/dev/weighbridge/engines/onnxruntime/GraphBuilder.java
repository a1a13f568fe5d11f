package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ExternalData;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.Node;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Role;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A graph under construction that knows its model's weights, and names values and constants as they are needed. */
final class GraphBuilder {
    private final OnnxGraph graph = new OnnxGraph();
    private final Weights weights;
    private final WeightStore store;
    private final Set<String> initializers = new HashSet<>();
    private int values;

    GraphBuilder(Weights weights, WeightStore store) {
        this.weights = weights;
        this.store = store;
    }

    OnnxGraph graph() {
        return graph;
    }

    Weights weights() {
        return weights;
    }

    WeightStore store() {
        return store;
    }

    /** A name that no value has yet. */
    String value() {
        return "v" + values++;
    }

    /** Adds a node of ONNX's own operators with one output. */
    String node(String operator, String... inputs) {
        String output = value();
        graph.node(operator, List.of(inputs), List.of(output));
        return output;
    }

    /** Adds a node of one output that was named before, to which attributes may be given. */
    Node node(String operator, String output, List<String> inputs) {
        return graph.node(operator, inputs, List.of(output));
    }

    /** As above, one of ONNX Runtime's own operators. */
    Node microsoftNode(String operator, String output, List<String> inputs) {
        return graph.microsoftNode(operator, inputs, List.of(output));
    }

    /** A weight of few values, which goes into the model file itself. */
    String vector(Role role) {
        if (initializers.add(role.id())) {
            graph.initializer(role.id(), weights.floats(role), shape(role));
        }
        return role.id();
    }

    /** A weight as 32-bit floats outside of the model file. */
    String matrix(Role role) {
        return external(role.id(), ElementType.FLOAT, () -> store.floats(role), shape(role));
    }

    /** Values outside of the model file, placed when their name is first asked for. */
    String external(String name, ElementType type, Placing placing, long... dimensions) {
        if (initializers.add(name)) {
            graph.initializer(name, type, placing.place(), dimensions);
        }
        return name;
    }

    /** Finds a place for values. */
    interface Placing {
        ExternalData place();
    }

    /** A vector of whole numbers. */
    String numbers(long... numbers) {
        String name = Arrays.stream(numbers).mapToObj(Long::toString).collect(Collectors.joining("_", "numbers_", ""));
        if (initializers.add(name)) {
            graph.initializer(name, numbers, numbers.length);
        }
        return name;
    }

    /** A whole number without dimensions. */
    String number(long number) {
        String name = "number_" + number;
        if (initializers.add(name)) {
            graph.initializer(name, new long[] {number});
        }
        return name;
    }

    /** A floating-point number without dimensions. */
    String number(float number) {
        String name = "float_" + number;
        if (initializers.add(name)) {
            graph.initializer(name, new float[] {number});
        }
        return name;
    }

    /** A vector of ones. */
    String ones(int count) {
        String name = "ones_" + count;
        if (initializers.add(name)) {
            float[] ones = new float[count];
            Arrays.fill(ones, 1);
            graph.initializer(name, ones, count);
        }
        return name;
    }

    /** A byte without dimensions. */
    String number(byte number, ElementType type) {
        String name = type.name() + "_" + number;
        if (initializers.add(name)) {
            graph.initializer(name, number, type);
        }
        return name;
    }

    private long[] shape(Role role) {
        return weights.shape(role).stream().mapToLong(Long::longValue).toArray();
    }
}
