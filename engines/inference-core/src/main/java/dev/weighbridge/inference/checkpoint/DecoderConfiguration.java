package dev.weighbridge.inference.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Set;

/** Reads a {@link DecoderDefinition} from the fields of a Hugging Face {@code config.json} (transformers, LlamaConfig). */
final class DecoderConfiguration {
    private static final Set<String> SUPPORTED = Set.of("llama", "mistral");
    private static final int MOST = 1 << 24;

    private final JsonNode config;
    private final Path file;

    private DecoderConfiguration(JsonNode config, Path file) {
        this.config = config;
        this.file = file;
    }

    static DecoderDefinition read(JsonNode config, Path file) {
        return new DecoderConfiguration(config, file).definition();
    }

    private DecoderDefinition definition() {
        String type = config.path("model_type").asText("");
        if (!SUPPORTED.contains(type)) {
            throw BadModel.because(
                    file + " is of the model type '" + bounded(type) + "'; supported are llama and mistral");
        }
        if (config.path("sliding_window").isInt()
                && config.path("sliding_window").asInt()
                        < config.path("max_position_embeddings").asInt()) {
            throw BadModel.because(file + " asks for a sliding window of " + config.path("sliding_window")
                    + ", which is not supported yet");
        }
        if (!config.path("hidden_act").asText("silu").equals("silu")) {
            throw BadModel.because(file + " asks for the activation '"
                    + bounded(config.path("hidden_act").asText()) + "'; supported is silu");
        }
        JsonNode scaling = config.path("rope_scaling");
        if (scaling.isObject()
                && !scaling.path("rope_type")
                        .asText(scaling.path("type").asText("default"))
                        .equals("default")) {
            throw BadModel.because(file + " asks for scaled rotary positions, which are not supported yet");
        }
        int hidden = whole("hidden_size", null);
        int heads = whole("num_attention_heads", null);
        int keyValueHeads = whole("num_key_value_heads", heads);
        if (heads % keyValueHeads != 0) {
            throw BadModel.because(file + ": num_attention_heads " + heads
                    + " is not a multiple of num_key_value_heads " + keyValueHeads);
        }
        int headSize = whole("head_dim", hidden / heads);
        if (headSize < 2 || headSize % 2 != 0) {
            throw BadModel.because(file + ": head_dim must be even for rotary positions, got: " + headSize);
        }
        return new DecoderDefinition(
                whole("vocab_size", null),
                hidden,
                whole("num_hidden_layers", null),
                heads,
                keyValueHeads,
                headSize,
                whole("intermediate_size", null),
                number("rms_norm_eps", 1e-6, 0, 1),
                ropeTheta(),
                whole("max_position_embeddings", 2048),
                config.path("tie_word_embeddings").asBoolean(false));
    }

    /** Older configurations keep it at the top, newer ones under {@code rope_parameters}. */
    private double ropeTheta() {
        JsonNode nested = config.path("rope_parameters").path("rope_theta");
        return nested.isNumber() ? nested.asDouble() : number("rope_theta", 10_000, 1, 1e12);
    }

    private int whole(String key, @org.jspecify.annotations.Nullable Integer standard) {
        JsonNode value = config.path(key);
        if ((value.isMissingNode() || value.isNull()) && standard != null) {
            return standard;
        }
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > MOST) {
            throw BadModel.because(file + ": " + key + " must be a whole number between 1 and " + MOST + ", got: "
                    + (value.isMissingNode() ? "nothing" : bounded(value.toString())));
        }
        return value.asInt();
    }

    private double number(String key, double standard, double least, double most) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return standard;
        }
        if (!value.isNumber() || !(value.asDouble() > least && value.asDouble() <= most)) {
            throw BadModel.because(file + ": " + key + " must be a number above " + least + " and at most " + most
                    + ", got: " + bounded(value.toString()));
        }
        return value.asDouble();
    }

    private static String bounded(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 80 ? clean.substring(0, 80) + "…" : clean;
    }
}
