package dev.weighbridge.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Hugging Face folder of a trained decoder. */
final class ModelFolder {
    /** Puts the last user message where a task's prompt stands; the answer follows as in training. */
    private static final String CHAT_TEMPLATE = "{{ bos_token }}{% for message in messages %}{% if loop.last %}"
            + "{{ message['content'] }}{% endif %}{% endfor %}";

    private final Path folder;
    private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    ModelFolder(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    Path tokenizerFile() {
        return folder.resolve("tokenizer.json");
    }

    void writeTokenizer(String json) throws IOException {
        Files.writeString(tokenizerFile(), json);
        ObjectNode config = mapper.createObjectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("bos_token", BytePairTrainer.SPECIALS.get(BytePairTrainer.BEGINNING));
        config.put("eos_token", BytePairTrainer.SPECIALS.get(BytePairTrainer.END));
        config.put("pad_token", BytePairTrainer.SPECIALS.get(BytePairTrainer.PADDING));
        config.put("add_bos_token", true).put("add_eos_token", false);
        config.put("clean_up_tokenization_spaces", false);
        config.put("model_max_length", TrainDecoder.CONTEXT_LENGTH);
        config.put("chat_template", CHAT_TEMPLATE);
        write("tokenizer_config.json", config);
    }

    void writeConfiguration(DecoderShape d) throws IOException {
        ObjectNode config = mapper.createObjectNode();
        config.putArray("architectures").add("LlamaForCausalLM");
        config.put("model_type", "llama").put("vocab_size", d.vocabularySize()).put("hidden_size", d.hiddenSize());
        config.put("intermediate_size", d.intermediateSize()).put("num_hidden_layers", d.layers());
        config.put("num_attention_heads", d.heads()).put("num_key_value_heads", d.keyValueHeads());
        config.put("head_dim", d.headSize()).put("hidden_act", "silu").put("rms_norm_eps", d.normEpsilon());
        config.put("rope_theta", d.ropeTheta()).put("max_position_embeddings", d.contextLength());
        config.put("attention_bias", false).put("mlp_bias", false).put("tie_word_embeddings", true);
        config.put("bos_token_id", BytePairTrainer.BEGINNING).put("eos_token_id", BytePairTrainer.END);
        config.put("pad_token_id", BytePairTrainer.PADDING).put("torch_dtype", "float32");
        write("config.json", config);
        ObjectNode generation = mapper.createObjectNode();
        generation.put("bos_token_id", BytePairTrainer.BEGINNING).put("eos_token_id", BytePairTrainer.END);
        generation
                .put("pad_token_id", BytePairTrainer.PADDING)
                .put("do_sample", false)
                .put("max_new_tokens", 32);
        write("generation_config.json", generation);
    }

    void writeWeights(List<DecoderWeights.Weight> weights) throws IOException {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        weights.forEach(w -> tensors.put(w.name(), new FloatTensor(w.shape(), w.values())));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
    }

    /** What the card in the folder says of the training so far, or nothing. */
    String trainingOfCard() throws IOException {
        Path card = folder.resolve("README.md");
        if (!Files.exists(card)) {
            return "";
        }
        String text = Files.readString(card);
        int start = text.indexOf(ModelCard.TRAINING);
        int end = text.indexOf("\n- ", start + 1);
        return start < 0 || end < 0
                ? ""
                : text.substring(start + ModelCard.TRAINING.length(), end).strip();
    }

    void writeCard(String card) throws IOException {
        Files.writeString(folder.resolve("README.md"), card);
    }

    private void write(String name, ObjectNode json) throws IOException {
        Files.writeString(folder.resolve(name), mapper.writeValueAsString(json) + "\n");
    }
}
