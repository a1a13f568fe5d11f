package dev.weighbridge.engines.triton;

import dev.weighbridge.engines.openai.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a server says of a model.
 *
 * @param name under which it is served
 * @param versions of it that can be asked
 * @param platform that runs it, such as {@code python} or {@code ensemble}
 * @param inputs that it takes
 * @param outputs that it gives
 */
record ModelDescription(
        String name, List<String> versions, String platform, List<Tensor> inputs, List<Tensor> outputs) {
    ModelDescription {
        versions = List.copyOf(versions);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * One of its tensors.
     *
     * @param name of it
     * @param datatype as KServe names it, such as {@code BYTES} for text
     * @param shape with -1 for a size that a request decides
     */
    record Tensor(String name, String datatype, List<Long> shape) {
        static final String TEXT = "BYTES";

        Tensor {
            shape = List.copyOf(shape);
        }

        /** Whether it may hold so many values beside each other. */
        boolean holds(int values) {
            return values == 1 || (!shape.isEmpty() && (last() == -1 || last() == values));
        }

        /** Its shape for so many values of one request. */
        List<Long> shapeOf(int values) {
            Long[] sizes = new Long[shape.size()];
            for (int i = 0; i < sizes.length; i++) {
                boolean last = i == sizes.length - 1;
                sizes[i] = last && (values > 1 || shape.get(i) == -1) ? Long.valueOf(values) : atLeastOne(shape.get(i));
            }
            return List.of(sizes);
        }

        private long last() {
            return shape.get(shape.size() - 1);
        }

        private static Long atLeastOne(long size) {
            return size == -1 ? 1L : size;
        }

        @Override
        public String toString() {
            return PlainText.bounded(name, 100) + " " + PlainText.bounded(datatype, 20) + shape;
        }
    }

    Optional<Tensor> input(String name) {
        return inputs.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    Optional<Tensor> output(String name) {
        return outputs.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }

    /** What it has, for a message. */
    String told() {
        return PlainText.bounded("inputs " + listed(inputs) + "; outputs " + listed(outputs), 2_000);
    }

    private static String listed(List<Tensor> tensors) {
        return tensors.isEmpty()
                ? "none"
                : tensors.stream().map(Tensor::toString).collect(Collectors.joining(", "));
    }
}
