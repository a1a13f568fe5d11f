package dev.weighbridge.inference.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.inference.model.BadModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every family that is known. */
public final class Families {
    private static final Map<String, Family> KNOWN = known(List.of(
            new Llama(),
            new Mistral(),
            new Mixtral(),
            new Qwen2(),
            new Qwen3(),
            new Gemma(),
            new Gemma2(),
            new Gemma3(),
            new Phi(),
            new Phi3(),
            new Falcon(),
            new Bloom(),
            new Gpt2(),
            new GptNeoX(),
            new Opt(),
            new StableLm(),
            new T5()));

    private Families() {}

    /** Values of {@code model_type} that are supported, in alphabetical order. */
    public static List<String> modelTypes() {
        return List.copyOf(KNOWN.keySet());
    }

    /**
     * Describes the model of a configuration.
     *
     * @param config an object
     * @param file that it was read from, for messages
     * @throws dev.weighbridge.api.EngineException of category BAD_MODEL when it is damaged or not supported
     */
    public static Description describe(JsonNode config, Path file) {
        Configuration fields = new Configuration(config, file);
        String type = fields.text("model_type", "");
        Family family = KNOWN.get(type);
        if (family == null) {
            throw fields.refusal("model_type '" + BadModel.shown(type) + "'", String.join(", ", modelTypes()));
        }
        List<String> architectures = fields.words("architectures");
        if (architectures != null && !architectures.equals(List.of(family.architecture()))) {
            throw fields.refusal("architectures " + BadModel.shown(architectures.toString()), family.architecture());
        }
        Configuration quantization = fields.object("quantization_config");
        if (quantization != null) {
            throw fields.refusal(
                    "quantization_config " + BadModel.shown(quantization.text("quant_method", "")),
                    "unquantized weights, which are quantized here");
        }
        Description description = family.describe(fields);
        fields.requireAllRead("");
        return description;
    }

    private static Map<String, Family> known(List<Family> families) {
        Map<String, Family> known = new TreeMap<>();
        for (Family family : families) {
            if (known.put(family.modelType(), family) != null) {
                throw new IllegalStateException("two families of the model type " + family.modelType());
            }
        }
        return known;
    }
}
