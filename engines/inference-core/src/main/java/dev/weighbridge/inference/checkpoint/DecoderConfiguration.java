package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link DecoderDefinition} from the fields of a Hugging Face {@code config.json} (transformers, LlamaConfig and
 * MistralConfig). What the definition cannot express is refused by name, never ignored.
 */
final class DecoderConfiguration {
    /** Model types with the class that the checkpoint must have been saved from. */
    private static final Map<String, String> SUPPORTED =
            Map.of("llama", "LlamaForCausalLM", "mistral", "MistralForCausalLM");

    private static final int MOST = 1 << 24;
    private static final int MISTRAL_WINDOW = 4096;

    private final JsonNode config;
    private final Path file;

    private DecoderConfiguration(JsonNode config, Path file) {
        this.config = config;
        this.file = file;
    }

    static DecoderDefinition read(JsonNode config, Path file) {
        DecoderConfiguration configuration = new DecoderConfiguration(config, file);
        configuration.requireSupported();
        return configuration.definition();
    }

    private void requireSupported() {
        String type = text(config.path("model_type"), "");
        String architecture = SUPPORTED.get(type);
        if (architecture == null) {
            throw refusal("model_type '" + BadModel.shown(type) + "'", "llama and mistral");
        }
        JsonNode architectures = config.path("architectures");
        if (isGiven(architectures)
                && !(architectures.size() == 1 && architectures.path(0).asText().equals(architecture))) {
            throw refusal("architectures " + BadModel.shown(architectures.toString()), architecture);
        }
        if (isGiven(config.path("quantization_config"))) {
            throw refusal(
                    "quantization_config "
                            + BadModel.shown(
                                    text(config.path("quantization_config").path("quant_method"), "")),
                    "unquantized weights, which are quantized here");
        }
        String activation = text(config.path("hidden_act"), "silu");
        if (!activation.equals("silu")) {
            throw refusal("hidden_act '" + BadModel.shown(activation) + "'", "silu");
        }
        for (String bias : List.of("attention_bias", "mlp_bias")) {
            if (flag(bias)) {
                throw refusal(bias + " true", "layers without biases");
            }
        }
        requireFullAttention(type);
        requirePlainPositions("rope_scaling");
        requirePlainPositions("rope_parameters");
    }

    /** A window is fine when no sequence can be longer than it. */
    private void requireFullAttention(String type) {
        JsonNode window = config.path("sliding_window");
        if (window.isNull() || (window.isMissingNode() && !type.equals("mistral"))) {
            return;
        }
        int size = window.isMissingNode() ? MISTRAL_WINDOW : whole("sliding_window", null);
        if (size < whole("max_position_embeddings", 2048)) {
            throw refusal("sliding_window " + size, "attention over the whole context");
        }
    }

    private void requirePlainPositions(String key) {
        JsonNode positions = config.path(key);
        String type = text(positions.path("rope_type"), text(positions.path("type"), "default"));
        if ((isGiven(positions) && !positions.isObject()) || !type.equals("default")) {
            throw refusal(key + " " + BadModel.shown(positions.toString()), "rotary positions without scaling");
        }
    }

    private DecoderDefinition definition() {
        int hidden = whole("hidden_size", null);
        int heads = whole("num_attention_heads", null);
        int keyValueHeads = whole("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) {
            throw BadModel.because(file + ": num_attention_heads " + heads
                    + " must be a multiple of num_key_value_heads, got: " + keyValueHeads);
        }
        if (!isGiven(config.path("head_dim")) && hidden % heads != 0) {
            throw BadModel.because(file + ": hidden_size " + hidden
                    + " must be a multiple of num_attention_heads where head_dim is not given, got: " + heads);
        }
        int headSize = whole("head_dim", hidden / heads);
        if (headSize % 2 != 0 || (long) headSize * heads > MOST) {
            throw BadModel.because(file + ": head_dim must be even for rotary positions and at most " + MOST / heads
                    + " with " + heads + " heads, got: " + headSize);
        }
        JsonNode nestedTheta = config.path("rope_parameters").path("rope_theta");
        return new DecoderDefinition(
                whole("vocab_size", null),
                hidden,
                whole("num_hidden_layers", null),
                heads,
                keyValueHeads,
                headSize,
                whole("intermediate_size", null),
                number("rms_norm_eps", config.path("rms_norm_eps"), 1e-6, 0, 1),
                // Older configurations keep it at the top, newer ones under rope_parameters.
                number("rope_theta", isGiven(nestedTheta) ? nestedTheta : config.path("rope_theta"), 10_000, 1, 1e12),
                whole("max_position_embeddings", 2048),
                flag("tie_word_embeddings"));
    }

    private int whole(String key, @Nullable Integer standard) {
        JsonNode value = config.path(key);
        if (!isGiven(value) && standard != null) {
            return standard;
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > MOST) {
            throw BadModel.because(file + ": " + key + " must be a whole number between 1 and " + MOST + ", got: "
                    + (value.isMissingNode() ? "nothing" : BadModel.shown(value.toString())));
        }
        return value.asInt();
    }

    private double number(String key, JsonNode value, double standard, double above, double most) {
        if (!isGiven(value)) {
            return standard;
        }
        if (!value.isNumber() || !(value.asDouble() > above && value.asDouble() <= most)) {
            throw BadModel.because(file + ": " + key + " must be a number above " + above + " and at most " + most
                    + ", got: " + BadModel.shown(value.toString()));
        }
        return value.asDouble();
    }

    private boolean flag(String key) {
        JsonNode value = config.path(key);
        if (isGiven(value) && !value.isBoolean()) {
            throw BadModel.because(
                    file + ": " + key + " must be true or false, got: " + BadModel.shown(value.toString()));
        }
        return value.asBoolean(false);
    }

    private RuntimeException refusal(String seen, String supported) {
        return BadModel.because(
                file + " has " + seen + ", which is not supported; supported is " + supported + ". Use another model.");
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private static String text(JsonNode value, String standard) {
        return isGiven(value) ? value.asText() : standard;
    }
}
