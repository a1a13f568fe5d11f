package dev.weighbridge.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.checkpoint.SafetensorsWriter.FloatTensor;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of Hugging Face checkpoints: good ones, and each way in which one can be wrong. */
class CheckpointReaderTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Path folder;

    @BeforeEach
    void write(@TempDir Path scratch) {
        folder = TinyCheckpoint.write(scratch.resolve("tiny"));
    }

    @Test
    void folderIsReadAsItWasWritten() {
        Checkpoint checkpoint = CheckpointReader.read(folder);
        assertThat(checkpoint.name()).isEqualTo("tiny");
        assertThat(checkpoint.definition().vocabularySize()).isEqualTo(264);
        assertThat(checkpoint.definition().contextLength()).isEqualTo(160);
        assertThat(checkpoint.definition().attention(1).group()).isEqualTo(2);
        assertThat(checkpoint.endOfSequence()).containsExactly(TinyCheckpoint.END);
        assertThat(checkpoint.sha256()).matches("[0-9a-f]{64}");
        Map<String, FloatTensor> written = TinyCheckpoint.weights();
        for (Role role : checkpoint.weights().roles()) {
            String name = checkpoint.weights().stored(role).orElseThrow().name();
            assertThat(checkpoint.weights().floats(role))
                    .as(name)
                    .isEqualTo(written.remove(name).values());
        }
        assertThat(written).isEmpty();
    }

    @Test
    void shardedWeightsAreReadThroughTheirIndex() throws IOException {
        shard();
        Checkpoint checkpoint = CheckpointReader.read(folder);
        assertThat(checkpoint.weights().floats(Role.of(Role.Part.HEAD)))
                .isEqualTo(TinyCheckpoint.weights().get("lm_head.weight").values());
    }

    @Test
    void everyFileCountsForTheHash() throws IOException {
        String before = CheckpointReader.read(folder).sha256();
        assertThat(CheckpointReader.read(folder).sha256()).isEqualTo(before);
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
        String withTemplate = CheckpointReader.read(folder).sha256();
        Map<String, FloatTensor> weights = TinyCheckpoint.weights();
        weights.get("lm_head.weight").values()[0] += 1;
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights);
        assertThat(CheckpointReader.read(folder).sha256()).isNotEqualTo(withTemplate);
        assertThat(withTemplate).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"null | 3 | 3", "[5,6] | 3 | 5 6", "7 | null | 7", "null | null | ''", "[] | 4 | ''"})
    void endOfSequenceOfTheGenerationConfigurationGoesFirst(String generation, String config, String expected)
            throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":" + generation + "}");
        edit(json -> json.set(
                "eos_token_id", config.equals("null") ? json.nullNode() : json.numberNode(Integer.parseInt(config))));
        assertThat(CheckpointReader.read(folder).endOfSequence())
                .map(String::valueOf)
                .containsExactlyInAnyOrder(expected.isEmpty() ? new String[0] : expected.split(" "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"2\"", "-1", "264", "[1,264]", "1.5", "{\"a\":1}", "true"})
    void endOfSequenceThatIsNoTokenIsRefused(String ids) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\":" + ids + "}");
        refused("generation_config.json: eos_token_id must be a token id below 264");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "model_type | \"mamba\" | model_type 'mamba', which is not supported; supported is bloom, falcon,",
                "model_type | null | model_type ''",
                "architectures | [\"LlamaForSequenceClassification\"] | supported is LlamaForCausalLM",
                "quantization_config | {\"quant_method\":\"gptq\"} | quantization_config gptq",
                "hidden_act | \"mish\" | hidden_act 'mish'",
                "attention_bias | true | no tensor model.layers.0.self_attn.q_proj.bias",
                "mlp_bias | true | no tensor model.layers.0.mlp.gate_proj.bias",
                "attention_bias | \"no\" | attention_bias must be true or false, got: \"no\"",
                "sliding_window | 64 | has sliding_window 64, which this model type is not known to have",
                "rope_scaling | {\"rope_type\":\"llama3\"} | factor must be a number above 0, got: nothing",
                "rope_scaling | {\"type\":\"spiral\",\"factor\":2} | rope_type 'spiral', which is not supported",
                "rope_scaling | {\"type\":\"linear\",\"factor\":2,\"bend\":1} | under its rotary positions bend 1",
                "rope_scaling | \"linear\" | rope_scaling must be an object",
                "rope_parameters | {\"rope_theta\":\"x\"} | rope_theta must be a number",
                "rope_theta | 0 | rope_theta must be a number above 0",
                "rms_norm_eps | -1 | rms_norm_eps must be a number above 0",
                "vocab_size | 0 | vocab_size must be a whole number between 1 and 16777216, got: 0",
                "vocab_size | 3000000000 | vocab_size must be a whole number",
                "hidden_size | null | hidden_size must be a whole number between 1 and 16777216, got: null",
                "num_hidden_layers | 2.5 | num_hidden_layers must be a whole number",
                "num_hidden_layers | 100000 | num_hidden_layers must be a whole number between 1 and 1024",
                "num_heads | 4 | has num_heads 4, which this model type is not known to have",
                "num_key_value_heads | 3 | number of heads 4 must be a multiple of num_key_value_heads, got: 3",
                "num_attention_heads | 6 | hidden size 32 must be a multiple of the number of heads",
                "head_dim | 7 | heads of which 7 values are rotated, which is not supported; supported is an even number",
                "head_dim | 16777216 | head_dim must be at most",
                "head_dim | 16 | q_proj.weight has the shape [32, 32], config.json asks for [64, 32]",
                "vocab_size | 265 | embed_tokens.weight has the shape [264, 32], config.json asks for [265, 32]",
                "num_hidden_layers | 3 | no tensor model.layers.2.",
                "num_hidden_layers | 1 | has the tensor model.layers.1.",
                "tie_word_embeddings | \"yes\" | tie_word_embeddings must be true or false"
            })
    void configurationThatDoesNotFitIsRefused(String key, String value, String message) throws IOException {
        edit(json -> json.set(key, parse(value)));
        refused(message);
    }

    @Test
    void mistralSeesItsUsualWindowUnlessItIsToldNoneOrSeesAllOfItsContextAnyway() throws IOException {
        edit(json -> {
            json.put("model_type", "mistral").putNull("sliding_window").put("max_position_embeddings", 32768);
            json.putArray("architectures").add("MistralForCausalLM");
        });
        assertThat(attention().window()).isZero();
        edit(json -> json.remove("sliding_window"));
        assertThat(attention().window()).isEqualTo(4096);
        edit(json -> json.put("max_position_embeddings", 4096));
        assertThat(attention().window()).isZero();
    }

    @Test
    void newerPlaceOfTheRotaryBaseIsRead() throws IOException {
        edit(json ->
                json.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", 5e5));
        assertThat(attention().rotary().frequencies().get(1)).isEqualTo(Math.pow(5e5, -2.0 / 8));
    }

    @Test
    void configurationThatIsDamagedOrEndlessIsRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"llama\",\"model_type\":\"gpt2\"}");
        refused("is not valid JSON: Duplicate");
        Files.writeString(folder.resolve("config.json"), "[]");
        refused("is not a JSON object");
        Files.writeString(folder.resolve("config.json"), " ".repeat(5 << 20));
        refused("at most 4194304 are read");
        Files.delete(folder.resolve("config.json"));
        refused("config.json does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "weights.pickle"})
    void picklesAreNeverRead(String name) throws IOException {
        Files.delete(folder.resolve("model.safetensors"));
        Files.write(folder.resolve(name), new byte[10]);
        refused("holds its weights as a pickle file (" + name + ")");
        refused("Convert it to safetensors");
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        refused("has no tokenizer.json");
        TinyCheckpoint.write(folder);
        Files.delete(folder.resolve("model.safetensors"));
        refused("has no *.safetensors file");
        folder = folder.resolve("elsewhere");
        refused("does not exist");
    }

    @Test
    void weightsOfTheWrongShapeOrTypeAreRefused() throws IOException {
        Map<String, FloatTensor> weights = TinyCheckpoint.weights();
        weights.put("model.norm.weight", new FloatTensor(List.of(16, 2), new float[32]));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights);
        refused("tensor model.norm.weight has the shape [16, 2], config.json asks for [32]");
        weights = TinyCheckpoint.weights();
        weights.put("model.layers.0.self_attn.q_proj.bias", new FloatTensor(List.of(32), new float[32]));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), weights);
        refused("has the tensor model.layers.0.self_attn.q_proj.bias, which config.json says nothing of");
        weights = TinyCheckpoint.weights();
        FloatTensor norm = weights.remove("model.norm.weight");
        SafetensorsWriter.write(folder.resolve("model-1.safetensors"), weights);
        SafetensorsBytes.write(
                folder.resolve("model-2.safetensors"),
                "{\"model.norm.weight\":{\"dtype\":\"I32\",\"shape\":[32],\"data_offsets\":[0,128]}}",
                Float.BYTES * norm.values().length);
        Files.delete(folder.resolve("model.safetensors"));
        refused("tensor model.norm.weight is of type I32; weights must be F32");
    }

    @Test
    void tensorInTwoFilesIsRefused() throws IOException {
        Files.copy(folder.resolve("model.safetensors"), folder.resolve("model-1.safetensors"));
        Files.move(folder.resolve("model.safetensors"), folder.resolve("model-2.safetensors"));
        refused("in two files");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../tiny/model-1.safetensors",
                "/etc/passwd",
                "absent.safetensors",
                "config.json",
                "a\\u0000b.safetensors",
                ""
            })
    void indexDoesNotLeadOutOfTheFolder(String name) throws IOException {
        shard();
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"x\":\"" + name + "\"}}");
        refused("which is not a safetensors file in the folder");
    }

    @Test
    void indexThatNamesAnAbsentTensorOrNoneIsRefused() throws IOException {
        ObjectNode index = shard();
        ((ObjectNode) index.path("weight_map")).put("model.extra.weight", "model-1.safetensors");
        TinyCheckpoint.writeJson(folder.resolve("model.safetensors.index.json"), index);
        refused("says that the tensor model.extra.weight is in 'model-1.safetensors', where it is not");
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":[]}");
        refused("names no file under weight_map");
    }

    private Attention attention() {
        return CheckpointReader.read(folder).definition().attention(0);
    }

    /** Splits the weights over two files with an index. */
    private ObjectNode shard() throws IOException {
        Map<String, FloatTensor> first = new LinkedHashMap<>();
        Map<String, FloatTensor> second = new LinkedHashMap<>();
        ObjectNode index = MAPPER.createObjectNode();
        ObjectNode places = index.putObject("weight_map");
        TinyCheckpoint.weights().forEach((name, tensor) -> {
            boolean early = first.size() < 8;
            (early ? first : second).put(name, tensor);
            places.put(name, early ? "model-1.safetensors" : "model-2.safetensors");
        });
        Files.deleteIfExists(folder.resolve("model.safetensors"));
        SafetensorsWriter.write(folder.resolve("model-1.safetensors"), first);
        SafetensorsWriter.write(folder.resolve("model-2.safetensors"), second);
        TinyCheckpoint.writeJson(folder.resolve("model.safetensors.index.json"), index);
        return index;
    }

    private void edit(Consumer<ObjectNode> change) throws IOException {
        ObjectNode config =
                (ObjectNode) MAPPER.readTree(folder.resolve("config.json").toFile());
        change.accept(config);
        TinyCheckpoint.writeJson(folder.resolve("config.json"), config);
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void refused(String message) {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> CheckpointReader.read(folder))
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL));
    }
}
