package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ElementType;
import dev.weighbridge.inference.model.Role;
import java.util.List;

/**
 * The linear layers of a graph at one precision:
 * <ul>
 *   <li>fp32: {@code FusedMatMul} over the weights as {@code [outputs, inputs]};
 *   <li>int8 and int4: {@code MatMulNBits}, symmetric blocks of {@value #BLOCK_SIZE} inputs. At accuracy level
 *       {@value #ACCURACY_LEVEL} the kernel rounds activations to 8 bits, in blocks of the same size, for the inner
 *       products: the other levels are up to 170 times slower and differ by less than the rounding of the weights;
 *   <li>w8a8: {@code MatMulIntegerToFloat}, weights with one scale an output, activations with one scale a token. ONNX
 *       Runtime's {@code DynamicQuantizeMatMul} would be one node, but has one activation scale for a whole batch, so that
 *       an answer would depend on its neighbours.
 * </ul>
 * Quantized are the roles whose part {@link Role.Part#linear} says so; biases are added to the answer as 32-bit floats.
 */
final class LinearLayers {
    /** Inputs that share a scale in int8 and int4. */
    static final int BLOCK_SIZE = 32;

    private static final int ACCURACY_LEVEL = 4;
    private static final byte UNSIGNED_ZERO_POINT = (byte) 128;

    private final GraphBuilder builder;
    private final Precision precision;

    LinearLayers(GraphBuilder builder, Precision precision) {
        this.builder = builder;
        this.precision = precision;
    }

    /** What linear layers read; quantized once where they all read it quantized. */
    static final class Input {
        private final String name;
        private final boolean perhapsEmpty;
        private String quantized = "";
        private String scale = "";

        Input(String name) {
            this(name, false);
        }

        private Input(String name, boolean perhapsEmpty) {
            this.name = name;
            this.perhapsEmpty = perhapsEmpty;
        }

        /** One that may have no rows at all, {@code [rows, width]}. */
        static Input perhapsEmpty(String name) {
            return new Input(name, true);
        }

        /** One with as many rows as this. */
        Input after(String other) {
            return new Input(other, perhapsEmpty);
        }

        String name() {
            return name;
        }
    }

    /** A layer without a bias. */
    String apply(Input input, Role weight) {
        return weight.part().linear() ? quantizable(input, weight) : floats(input.name, weight);
    }

    /** A layer, and its bias where it has one. */
    String apply(Input input, Role weight, Role bias) {
        String product = apply(input, weight);
        return builder.weights().has(bias) ? builder.node("Add", product, builder.vector(bias)) : product;
    }

    /** A layer whose matrix is quantized whatever else it serves for, as a tied embedding does. */
    String quantizable(Input input, Role weight) {
        return switch (precision) {
            case FP32 -> floats(input.name, weight);
            case INT8, INT4 -> inBlocks(input.name, weight);
            case W8A8 -> byToken(input, weight);
            case FP16, BF16 ->
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "precision " + precision + " has no fast kernels on the CPU. Use fp32, int8, w8a8 or int4");
        };
    }

    private String floats(String input, Role weight) {
        String output = builder.value();
        builder.microsoftNode("FusedMatMul", output, List.of(input, builder.matrix(weight)))
                .attribute("transB", 1);
        return output;
    }

    private String inBlocks(String input, Role weight) {
        int bits = precision.weightBits();
        int outputs = dimension(weight, 0);
        int inputs = dimension(weight, 1);
        int blocks = QuantizedMatrix.blocks(inputs, BLOCK_SIZE);
        int blockBytes = BLOCK_SIZE * bits / Byte.SIZE;
        Lazily<QuantizedMatrix> matrix = new Lazily<>(
                () -> QuantizedMatrix.inBlocks(builder.weights().floats(weight), outputs, inputs, bits, BLOCK_SIZE));
        String values = builder.external(
                weight.id() + ".values",
                ElementType.UINT8,
                () -> builder.store()
                        .bytes(
                                (long) outputs * blocks * blockBytes,
                                () -> matrix.get().values()),
                outputs,
                blocks,
                blockBytes);
        String scales = builder.external(
                weight.id() + ".scales",
                ElementType.FLOAT,
                () -> builder.store()
                        .floats((long) outputs * blocks, () -> matrix.get().scales()),
                outputs,
                blocks);
        String output = builder.value();
        builder.microsoftNode("MatMulNBits", output, List.of(input, values, scales))
                .attribute("K", inputs)
                .attribute("N", outputs)
                .attribute("bits", bits)
                .attribute("block_size", BLOCK_SIZE)
                .attribute("accuracy_level", ACCURACY_LEVEL);
        return output;
    }

    private String byToken(Input input, Role weight) {
        quantize(input);
        int outputs = dimension(weight, 0);
        int inputs = dimension(weight, 1);
        Lazily<QuantizedMatrix> matrix =
                new Lazily<>(() -> QuantizedMatrix.byOutput(builder.weights().floats(weight), outputs, inputs));
        String values = builder.external(
                weight.id() + ".values",
                ElementType.INT8,
                () -> builder.store()
                        .bytes((long) inputs * outputs, () -> matrix.get().values()),
                inputs,
                outputs);
        String scales = builder.external(
                weight.id() + ".scales",
                ElementType.FLOAT,
                () -> builder.store().floats(outputs, () -> matrix.get().scales()),
                outputs);
        // Stated, and one a matrix: ONNX Runtime aborts the process when it makes a matrix unsigned that has none, and
        // fails when two share one.
        String weightZeroPoint = weight.id() + ".zero_point";
        builder.graph().initializer(weightZeroPoint, (byte) 0, ElementType.INT8);
        String product = builder.value();
        builder.microsoftNode(
                "MatMulIntegerToFloat",
                product,
                List.of(input.quantized, values, unitStep(), scales, zeroPoint(), weightZeroPoint));
        return builder.node("Mul", product, input.scale);
    }

    /** Maps each token's largest magnitude to 127 around 128. */
    private void quantize(Input input) {
        if (input.quantized.isEmpty()) {
            String largest = builder.value();
            builder.node("ReduceMax", largest, List.of(builder.node("Abs", input.name), builder.numbers(-1)))
                    .attribute("keepdims", 1);
            if (input.perhapsEmpty) {
                // The largest of no rows is as wide as they are, where it should have one column.
                largest = builder.node("Slice", largest, builder.numbers(0), builder.numbers(1), builder.numbers(-1));
            }
            // A token of zeros must not divide by zero.
            input.scale = builder.node("Max", largest, builder.number(Float.MIN_NORMAL));
            String shares = builder.node("Div", input.name, input.scale);
            input.quantized = builder.node("QuantizeLinear", shares, unitStep(), zeroPoint());
        }
    }

    private String unitStep() {
        return builder.number(1f / Byte.MAX_VALUE);
    }

    private String zeroPoint() {
        return builder.number(UNSIGNED_ZERO_POINT, ElementType.UINT8);
    }

    private int dimension(Role weight, int index) {
        return Math.toIntExact(builder.weights().shape(weight).get(index));
    }
}
