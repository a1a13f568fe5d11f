package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.engines.onnxruntime.LinearLayers.Input;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;
import java.util.ArrayList;
import java.util.List;

/** The feed-forward parts of a graph. */
final class MlpNodes {
    private final GraphBuilder builder;
    private final LinearLayers linear;

    MlpNodes(GraphBuilder builder, LinearLayers linear) {
        this.builder = builder;
        this.linear = linear;
    }

    String apply(Mlp mlp, int layer, Input input) {
        Mlp.Experts experts = mlp.experts();
        return experts == null ? single(mlp, layer, -1, input) : mixture(mlp, experts, layer, input.name());
    }

    private String single(Mlp mlp, int layer, int expert, Input input) {
        String inner;
        if (mlp.gated()) {
            String gate = linear(input, Part.GATE, Part.GATE_BIAS, layer, expert);
            String up = linear(input, Part.UP, Part.UP_BIAS, layer, expert);
            inner = builder.node("Mul", activate(mlp.activation(), gate), up);
        } else {
            inner = activate(mlp.activation(), linear(input, Part.UP, Part.UP_BIAS, layer, expert));
        }
        return linear(input.after(inner), Part.DOWN, Part.DOWN_BIAS, layer, expert);
    }

    private String linear(Input input, Part weight, Part bias, int layer, int expert) {
        return linear.apply(input, new Role(weight, layer, expert), new Role(bias, layer, expert));
    }

    private String activate(Activation activation, String values) {
        String output = builder.value();
        switch (activation) {
            // QuickGelu is x * sigmoid(alpha * x); with alpha 1 that is SiLU, in one node.
            case SILU ->
                builder.microsoftNode("QuickGelu", output, List.of(values)).attribute("alpha", 1f);
            case GELU -> builder.microsoftNode("Gelu", output, List.of(values));
            case GELU_TANH -> builder.microsoftNode("FastGelu", output, List.of(values));
            case RELU -> builder.node("Relu", output, List.of(values));
        }
        return output;
    }

    /** Each expert reads the tokens that chose it, and no others; an expert that none chose computes over no rows. */
    private String mixture(Mlp mlp, Mlp.Experts experts, int layer, String input) {
        int hidden = Math.toIntExact(
                builder.weights().shape(Role.of(Part.ROUTER, layer)).get(1));
        String tokens = builder.node("Reshape", input, builder.numbers(-1, hidden));
        List<String> shares = shares(experts, layer, tokens);
        String sum = zerosLike(tokens);
        for (int expert = 0; expert < experts.count(); expert++) {
            String share = shares.get(expert);
            String takers = builder.node("NonZero", builder.node("Reshape", share, builder.numbers(-1)));
            String rows = builder.node("Transpose", takers);
            Input chosen = Input.perhapsEmpty(builder.node("GatherND", tokens, rows));
            String answers = single(mlp, layer, expert, chosen);
            String weighted = builder.node("Mul", answers, builder.node("GatherND", share, rows));
            String added = builder.value();
            builder.node("ScatterND", added, List.of(sum, rows, weighted)).attribute("reduction", "add");
            sum = added;
        }
        return builder.node("Reshape", sum, builder.node("Shape", input));
    }

    /** How much of each expert's answer each token takes, {@code [tokens, 1]} an expert; nothing of those not chosen. */
    private List<String> shares(Mlp.Experts experts, int layer, String tokens) {
        String logits = linear.apply(new Input(tokens), Role.of(Part.ROUTER, layer));
        String best = builder.value();
        String chosen = builder.value();
        builder.graph()
                .node("TopK", List.of(logits, builder.numbers(experts.perToken())), List.of(best, chosen))
                .attribute("axis", -1);
        String softmax = builder.value();
        builder.node("Softmax", softmax, List.of(best)).attribute("axis", -1);
        String table = builder.value();
        builder.node("ScatterElements", table, List.of(zerosLike(logits), chosen, softmax))
                .attribute("axis", 1);
        List<String> columns = new ArrayList<>();
        for (int expert = 0; expert < experts.count(); expert++) {
            columns.add(builder.value());
        }
        builder.graph()
                .node("Split", List.of(table), columns)
                .attribute("axis", 1)
                .attribute("num_outputs", experts.count());
        return columns;
    }

    private String zerosLike(String values) {
        return builder.node("ConstantOfShape", builder.node("Shape", values));
    }
}
