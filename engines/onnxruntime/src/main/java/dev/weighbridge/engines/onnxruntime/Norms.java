package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.model.Attention.HeadNorm;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The norms of a graph. */
final class Norms {
    private final GraphBuilder builder;

    Norms(GraphBuilder builder) {
        this.builder = builder;
    }

    /**
     * The residual stream, of which a part may still have to be added.
     *
     * @param value what has been added up
     * @param update what has not; may be empty
     */
    record Stream(String value, String update) {
        static Stream of(String value) {
            return new Stream(value, "");
        }
    }

    /**
     * A normalized stream.
     *
     * @param output of the norm
     * @param stream that went into it, added up
     */
    record Normalized(String output, String stream) {}

    /** Where the weight and the bias of a norm stand. */
    enum Place {
        EMBEDDING(Part.EMBEDDING_NORM, Part.EMBEDDING_NORM_BIAS),
        ATTENTION(Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS),
        ATTENTION_POST(Part.ATTENTION_POST_NORM, Part.ATTENTION_POST_NORM_BIAS),
        CROSS(Part.CROSS_NORM, Part.CROSS_NORM_BIAS),
        MLP(Part.MLP_NORM, Part.MLP_NORM_BIAS),
        MLP_POST(Part.MLP_POST_NORM, Part.MLP_POST_NORM_BIAS),
        ENCODER(Part.ENCODER_NORM, Part.ENCODER_NORM_BIAS),
        FINAL(Part.FINAL_NORM, Part.FINAL_NORM_BIAS);

        private final Part weight;
        private final Part bias;

        Place(Part weight, Part bias) {
            this.weight = weight;
            this.bias = bias;
        }
    }

    /** The values, or their norm where there is one. */
    String applyIfThere(@Nullable Norm norm, Place place, int layer, String values) {
        return norm == null
                ? values
                : apply(norm, place, layer, Stream.of(values)).output();
    }

    /** Adds up a stream and normalizes it, in one node where something is to be added. */
    Normalized apply(Norm norm, Place place, int layer, Stream stream) {
        String weight = builder.vector(Role.of(place.weight, layer));
        String bias = norm.bias() ? builder.vector(Role.of(place.bias, layer)) : "";
        if (stream.update().isEmpty()) {
            return new Normalized(alone(norm, stream.value(), weight, bias), stream.value());
        }
        String output = builder.value();
        String sum = builder.value();
        List<String> inputs = new ArrayList<>(List.of(stream.value(), stream.update(), weight));
        if (norm.kind() == Norm.Kind.LAYER && !bias.isEmpty()) {
            inputs.add(bias);
        }
        builder.graph()
                .microsoftNode(
                        norm.kind() == Norm.Kind.RMS ? "SkipSimplifiedLayerNormalization" : "SkipLayerNormalization",
                        inputs,
                        List.of(output, "", "", sum))
                .attribute("epsilon", (float) norm.epsilon());
        return new Normalized(norm.kind() == Norm.Kind.RMS ? plus(output, bias) : output, sum);
    }

    /**
     * Normalizes each head by itself.
     *
     * @param values {@code [..., heads, headSize]}
     * @param weight role of {@code [headSize]}, or of {@code [heads, headSize]} where it is not shared
     */
    String heads(HeadNorm norm, Role weight, int headSize, String values) {
        if (norm.shared()) {
            return alone(norm.norm(), values, builder.vector(weight), "");
        }
        // The operators take one weight for all that they normalize.
        String normalized = alone(norm.norm(), values, builder.ones(headSize), "");
        return builder.node("Mul", normalized, builder.vector(weight));
    }

    private String alone(Norm norm, String values, String weight, String bias) {
        String output = builder.value();
        boolean rms = norm.kind() == Norm.Kind.RMS;
        List<String> inputs = rms || bias.isEmpty() ? List.of(values, weight) : List.of(values, weight, bias);
        builder.node(rms ? "SimplifiedLayerNormalization" : "LayerNormalization", output, inputs)
                .attribute("axis", -1)
                .attribute("epsilon", (float) norm.epsilon())
                .attribute("stash_type", 1);
        return rms ? plus(output, bias) : output;
    }

    private String plus(String values, String bias) {
        return bias.isEmpty() ? values : builder.node("Add", values, bias);
    }
}
