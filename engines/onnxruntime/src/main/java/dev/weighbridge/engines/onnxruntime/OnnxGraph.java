package dev.weighbridge.engines.onnxruntime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX graph under construction, and the ModelProto that holds it.
 *
 * <p>Field numbers are those of {@code onnx.proto} at IR version 10. Nodes must be added in topological order; names of
 * values are the caller's and must be unique.
 */
final class OnnxGraph {
    /** Operator set of ONNX itself that the graphs are written against. */
    static final int OPERATOR_SET = 21;

    /** Domain of ONNX Runtime's own operators. */
    static final String MICROSOFT = "com.microsoft";

    private static final int IR_VERSION = 10;

    /** Element types, with their number in {@code TensorProto.DataType}. */
    enum ElementType {
        FLOAT(1),
        UINT8(2),
        INT8(3),
        INT32(6),
        INT64(7);

        private final int number;

        ElementType(int number) {
            this.number = number;
        }
    }

    /**
     * One dimension of an input or output: a fixed size, or a symbol that may differ from run to run.
     *
     * @param size used when {@code symbol} is empty
     */
    record Dimension(long size, String symbol) {
        static Dimension of(long size) {
            return new Dimension(size, "");
        }

        static Dimension of(String symbol) {
            return new Dimension(0, symbol);
        }
    }

    /**
     * Where the bytes of an initializer lie.
     *
     * @param file name, relative to the folder the session is told
     * @param offset of the first byte
     * @param length in bytes
     */
    record ExternalData(String file, long offset, long length) {}

    /** A node; attributes may be added until the model is written. */
    static final class Node {
        private final String domain;
        private final String operator;
        private final List<String> inputs;
        private final List<String> outputs;
        private final List<ProtobufMessage> attributes = new ArrayList<>();

        private Node(String domain, String operator, List<String> inputs, List<String> outputs) {
            this.domain = domain;
            this.operator = operator;
            this.inputs = List.copyOf(inputs);
            this.outputs = List.copyOf(outputs);
        }

        Node attribute(String name, long value) {
            attributes.add(new ProtobufMessage().text(1, name).number(3, value).number(20, 2));
            return this;
        }

        Node attribute(String name, float value) {
            attributes.add(new ProtobufMessage().text(1, name).number(2, value).number(20, 1));
            return this;
        }

        Node attribute(String name, String value) {
            attributes.add(new ProtobufMessage().text(1, name).text(4, value).number(20, 3));
            return this;
        }

        Node attribute(String name, int[] values) {
            ProtobufMessage attribute = new ProtobufMessage().text(1, name);
            for (int value : values) {
                attribute.number(8, (long) value);
            }
            attributes.add(attribute.number(20, 7));
            return this;
        }

        private ProtobufMessage toMessage(int index) {
            ProtobufMessage message = new ProtobufMessage();
            inputs.forEach(input -> message.text(1, input));
            outputs.forEach(output -> message.text(2, output));
            message.text(3, operator + "_" + index).text(4, operator);
            attributes.forEach(attribute -> message.message(5, attribute));
            if (!domain.isEmpty()) {
                message.text(7, domain);
            }
            return message;
        }
    }

    private final List<Node> nodes = new ArrayList<>();
    private final List<ProtobufMessage> initializers = new ArrayList<>();
    private final List<ProtobufMessage> inputs = new ArrayList<>();
    private final List<ProtobufMessage> outputs = new ArrayList<>();
    private long initializerBytes;

    /** Adds a node of ONNX's own operator set; an empty name is an optional input or output left out. */
    Node node(String operator, List<String> inputNames, List<String> outputNames) {
        return add(new Node("", operator, inputNames, outputNames));
    }

    /** Adds a node of one of ONNX Runtime's own operators. */
    Node microsoftNode(String operator, List<String> inputNames, List<String> outputNames) {
        return add(new Node(MICROSOFT, operator, inputNames, outputNames));
    }

    void input(String name, ElementType type, Dimension... dimensions) {
        inputs.add(valueInfo(name, type, dimensions));
    }

    void output(String name, ElementType type, Dimension... dimensions) {
        outputs.add(valueInfo(name, type, dimensions));
    }

    /** Adds an initializer whose values lie in the model file itself; no dimensions make a scalar. */
    void initializer(String name, float[] values, long... dimensions) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        inlineInitializer(name, ElementType.FLOAT, raw.array(), dimensions);
    }

    void initializer(String name, long[] values, long... dimensions) {
        ByteBuffer raw = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        raw.asLongBuffer().put(values);
        inlineInitializer(name, ElementType.INT64, raw.array(), dimensions);
    }

    void initializer(String name, byte value, ElementType type) {
        inlineInitializer(name, type, new byte[] {value});
    }

    /** Adds an initializer whose values lie in another file. */
    void initializer(String name, ElementType type, ExternalData data, long... dimensions) {
        ProtobufMessage tensor = tensor(name, type, dimensions)
                .message(13, entry("location", data.file()))
                .message(13, entry("offset", Long.toString(data.offset())))
                .message(13, entry("length", Long.toString(data.length())))
                .number(14, 1);
        initializers.add(tensor);
        initializerBytes += data.length();
    }

    /** Bytes of all initializers so far, wherever they lie. */
    long initializerBytes() {
        return initializerBytes;
    }

    /** The serialized ModelProto. */
    byte[] toModel() {
        ProtobufMessage graph = new ProtobufMessage();
        for (int i = 0; i < nodes.size(); i++) {
            graph.message(1, nodes.get(i).toMessage(i));
        }
        graph.text(2, "decoder");
        initializers.forEach(initializer -> graph.message(5, initializer));
        inputs.forEach(input -> graph.message(11, input));
        outputs.forEach(output -> graph.message(12, output));
        return new ProtobufMessage()
                .number(1, IR_VERSION)
                .text(2, "weighbridge")
                .message(7, graph)
                .message(8, new ProtobufMessage().number(2, OPERATOR_SET))
                .message(8, new ProtobufMessage().text(1, MICROSOFT).number(2, 1))
                .toByteArray();
    }

    private Node add(Node node) {
        nodes.add(node);
        return node;
    }

    private void inlineInitializer(String name, ElementType type, byte[] raw, long... dimensions) {
        initializers.add(tensor(name, type, dimensions).bytes(9, raw));
        initializerBytes += raw.length;
    }

    private static ProtobufMessage tensor(String name, ElementType type, long... dimensions) {
        ProtobufMessage tensor = new ProtobufMessage();
        for (long dimension : dimensions) {
            tensor.number(1, dimension);
        }
        return tensor.number(2, type.number).text(8, name);
    }

    private static ProtobufMessage entry(String key, String value) {
        return new ProtobufMessage().text(1, key).text(2, value);
    }

    private static ProtobufMessage valueInfo(String name, ElementType type, Dimension... dimensions) {
        ProtobufMessage shape = new ProtobufMessage();
        for (Dimension dimension : dimensions) {
            ProtobufMessage message = dimension.symbol().isEmpty()
                    ? new ProtobufMessage().number(1, dimension.size())
                    : new ProtobufMessage().text(2, dimension.symbol());
            shape.message(1, message);
        }
        ProtobufMessage tensorType =
                new ProtobufMessage().number(1, type.number).message(2, shape);
        return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensorType));
    }
}
