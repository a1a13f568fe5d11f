package dev.weighbridge.inference.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.BadModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a {@code config.json}, which remembers which of them were read: one that no family knows may change the model,
 * so that it is refused and never ignored.
 */
public final class Configuration {
    /** Largest size that a field may give. */
    private static final int MOST = 1 << 24;

    /** Most layers, and experts of a layer, so that a damaged number does not ask for endless weights. */
    private static final int MOST_PARTS = 1024;

    /** Fields that have no bearing on the logits of a model that is run, not trained. */
    private static final Set<String> HARMLESS = Set.of(
            "_name_or_path",
            "_commit_hash",
            "_attn_implementation",
            "_attn_implementation_autoset",
            "transformers_version",
            "torch_dtype",
            "dtype",
            "use_cache",
            "initializer_range",
            "initializer_factor",
            "init_std",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "sep_token_id",
            "cls_token_id",
            "unk_token_id",
            "mask_token_id",
            "decoder_start_token_id",
            "auto_map",
            "pretraining_tp",
            "attention_dropout",
            "hidden_dropout",
            "hidden_dropout_prob",
            "classifier_dropout",
            "dropout",
            "activation_dropout",
            "dropout_rate",
            "embd_pdrop",
            "attn_pdrop",
            "resid_pdrop",
            "embedding_dropout",
            "attention_softmax_in_fp32",
            "gradient_checkpointing",
            "output_attentions",
            "output_hidden_states",
            "output_router_logits",
            "router_aux_loss_coef",
            "router_jitter_noise",
            "return_dict",
            "return_dict_in_generate",
            "task_specific_params",
            "id2label",
            "label2id",
            "num_labels",
            "finetuning_task",
            "problem_type",
            "tokenizer_class",
            "prefix",
            "summary_type",
            "summary_use_proj",
            "summary_activation",
            "summary_proj_to_labels",
            "summary_first_dropout",
            "is_decoder",
            "chunk_size_feed_forward",
            "transformers.js_config",
            "unsloth_version",
            "unsloth_fixed",
            "max_new_tokens",
            "max_length",
            "do_sample",
            "temperature",
            "top_k",
            "top_p",
            "cache_implementation",
            "model_parallel",
            "parallel",
            "layerdrop",
            "_remove_final_layer_norm_default");

    private static final Map<String, Activation> ACTIVATIONS = Map.of(
            "silu", Activation.SILU,
            "swish", Activation.SILU,
            "gelu", Activation.GELU,
            "gelu_new", Activation.GELU_TANH,
            "gelu_fast", Activation.GELU_TANH,
            "gelu_pytorch_tanh", Activation.GELU_TANH,
            "relu", Activation.RELU);

    private final JsonNode config;
    private final Path file;
    private final Set<String> read = new HashSet<>();

    /**
     * Wraps the fields of a file.
     *
     * @param config an object
     * @param file for messages
     */
    public Configuration(JsonNode config, Path file) {
        this.config = config;
        this.file = file;
    }

    /** Whether a field is there and not null. */
    public boolean has(String key) {
        return isGiven(field(key));
    }

    /** Whether a field is there and null, which is not the same as missing where a standard stands for what is missing. */
    public boolean isNull(String key) {
        return field(key).isNull();
    }

    /** A whole number of 1 or more that must be there. */
    public int whole(String key) {
        return whole(key, field(key), MOST);
    }

    /** How many layers there are, or experts in a layer. */
    public int parts(String key) {
        return whole(key, field(key), MOST_PARTS);
    }

    /** As above, or what stands for it. */
    public int parts(String key, int standard) {
        return has(key) ? parts(key) : standard;
    }

    /** A whole number of 1 or more, or what stands for it. */
    public int whole(String key, int standard) {
        JsonNode value = field(key);
        return isGiven(value) ? whole(key, value, MOST) : standard;
    }

    /** The id of a token, or what stands for it. */
    public int token(String key, int standard) {
        JsonNode value = field(key);
        if (!isGiven(value)) {
            return standard;
        }
        if (!value.isInt() || value.asInt() < 0 || value.asInt() > MOST) {
            throw damaged(key, "a token id between 0 and " + MOST, value);
        }
        return value.asInt();
    }

    /** A number that must be positive, or what stands for it. */
    public double positive(String key, double standard) {
        return positive(key, field(key), standard);
    }

    /** A share above 0 and at most 1, or what stands for it. */
    public double share(String key, double standard) {
        double value = positive(key, standard);
        if (value > 1) {
            throw damaged(key, "above 0 and at most 1", field(key));
        }
        return value;
    }

    public boolean flag(String key, boolean standard) {
        JsonNode value = field(key);
        if (!isGiven(value)) {
            return standard;
        }
        if (!value.isBoolean()) {
            throw damaged(key, "true or false", value);
        }
        return value.asBoolean();
    }

    /** A word, or what stands for it. */
    public String text(String key, String standard) {
        JsonNode value = field(key);
        return isGiven(value) ? value.asText() : standard;
    }

    /** An object, or {@code null} when there is none. */
    public @Nullable Configuration object(String key) {
        JsonNode value = field(key);
        if (!isGiven(value)) {
            return null;
        }
        if (!value.isObject()) {
            throw damaged(key, "an object", value);
        }
        return new Configuration(value, file);
    }

    /** Words, or {@code null} when there is no such field. */
    public @Nullable List<String> words(String key) {
        JsonNode value = field(key);
        if (!isGiven(value)) {
            return null;
        }
        List<String> words = new ArrayList<>();
        value.forEach(item -> words.add(item.asText()));
        if (!value.isArray()) {
            throw damaged(key, "a list", value);
        }
        return words;
    }

    /** Positive numbers, a given count of them. */
    public List<Double> positives(String key, int count) {
        JsonNode value = field(key);
        List<Double> numbers = new ArrayList<>();
        value.forEach(item -> numbers.add(positive(key, item, Double.NaN)));
        if (numbers.size() != count || numbers.stream().anyMatch(number -> number.isNaN())) {
            throw damaged(key, "a list of " + count + " positive numbers", value);
        }
        return numbers;
    }

    /** Head size where it may be given or follows from the width. */
    public int headSize(int hidden, int heads) {
        JsonNode value = field("head_dim");
        if (!isGiven(value) && hidden % heads != 0) {
            throw BadModel.because(file + ": the hidden size " + hidden
                    + " must be a multiple of the number of heads where head_dim is not given, got: " + heads);
        }
        int size = isGiven(value) ? whole("head_dim", value, MOST) : hidden / heads;
        if ((long) size * heads > MOST) {
            throw damaged("head_dim", "at most " + MOST / heads + " with " + heads + " heads", value);
        }
        return size;
    }

    /** Heads of keys and values, which divide those of the queries. */
    public int keyValueHeads(String key, int heads, int standard) {
        int count = whole(key, standard);
        if (heads % count != 0) {
            throw BadModel.because(
                    file + ": the number of heads " + heads + " must be a multiple of " + key + ", got: " + count);
        }
        return count;
    }

    /** What the MLP applies. */
    public Activation activation(String key, String standard) {
        String name = text(key, standard);
        Activation activation = ACTIVATIONS.get(name);
        if (activation == null) {
            throw refusal(
                    key + " '" + BadModel.shown(name) + "'", String.join(", ", new TreeSet<>(ACTIVATIONS.keySet())));
        }
        return activation;
    }

    /** Refuses a flag that is set to what is not supported. */
    public void require(String key, boolean supported) {
        if (flag(key, supported) != supported) {
            throw refusal(key + " " + !supported, String.valueOf(supported));
        }
    }

    /** Takes note that fields have no bearing on this family's answers. */
    public void ignore(String... keys) {
        read.addAll(List.of(keys));
    }

    /**
     * An error that names what is not supported.
     *
     * @param seen field and value
     * @param supported what would be
     */
    public EngineException refusal(String seen, String supported) {
        return BadModel.because(
                file + " has " + seen + ", which is not supported; supported is " + supported + ". Use another model.");
    }

    /** An error that shows a field's value. */
    public EngineException damaged(String key, String expected) {
        return damaged(key, expected, config.path(key));
    }

    /** Refuses fields that nobody has read and that may change the model. */
    void requireAllRead(String where) {
        Set<String> unread = new TreeSet<>();
        config.properties().forEach(entry -> {
            if (!read.contains(entry.getKey()) && !HARMLESS.contains(entry.getKey()) && isGiven(entry.getValue())) {
                unread.add(
                        entry.getKey() + " " + BadModel.shown(entry.getValue().toString()));
            }
        });
        if (!unread.isEmpty()) {
            throw BadModel.because(
                    file + " has " + where + BadModel.shown(unread.iterator().next())
                            + ", which this model type is not known to have. It may change the answers: remove it if it does not,"
                            + " or use another model.");
        }
    }

    private JsonNode field(String key) {
        read.add(key);
        return config.path(key);
    }

    private int whole(String key, JsonNode value, int most) {
        if (!value.isInt() || value.asInt() < 1 || value.asInt() > most) {
            throw damaged(key, "a whole number between 1 and " + most, value);
        }
        return value.asInt();
    }

    private double positive(String key, JsonNode value, double standard) {
        if (!isGiven(value)) {
            return standard;
        }
        if (!value.isNumber() || !(value.asDouble() > 0 && value.asDouble() <= 1e12)) {
            throw damaged(key, "a number above 0 and at most 1e12", value);
        }
        return value.asDouble();
    }

    private EngineException damaged(String key, String expected, JsonNode value) {
        return BadModel.because(file + ": " + key + " must be " + expected + ", got: "
                + (value.isMissingNode() ? "nothing" : BadModel.shown(value.toString())));
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }
}
