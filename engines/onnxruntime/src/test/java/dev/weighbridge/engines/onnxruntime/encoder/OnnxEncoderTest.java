package dev.weighbridge.engines.onnxruntime.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.encoder.ChosenLabels;
import dev.weighbridge.encoder.EncoderException;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.SentenceEncoder;
import dev.weighbridge.encoder.TextClassifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny models held against onnxruntime in Python; scripts/reference/README.md says how they were made. */
class OnnxEncoderTest {
    private static final Path FIXTURES = Path.of("src", "test", "resources", "encoders");

    @TempDir
    Path scratch;

    private static List<JsonNode> expected(String name) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        new ObjectMapper()
                .readTree(FIXTURES.resolve(name).resolve("expected.json").toFile())
                .path("rows")
                .forEach(rows::add);
        return rows;
    }

    private static void assertSame(float[] given, JsonNode row) {
        assertThat(given).hasSize(row.path("values").size());
        for (int i = 0; i < given.length; i++) {
            assertThat((double) given[i])
                    .as(row.path("text").toString())
                    .isCloseTo(row.path("values").path(i).asDouble(), within(1e-5));
        }
    }

    /** A copy of a fixture with some of its files changed. */
    private Path changed(String name, String file, byte[] content) throws IOException {
        Path copy = Files.createDirectories(scratch.resolve(name + "-" + file.replace('/', '-')));
        try (Stream<Path> files = Files.walk(FIXTURES.resolve(name))) {
            for (Path from : files.filter(Files::isRegularFile).toList()) {
                Path to = copy.resolve(FIXTURES.resolve(name).relativize(from).toString());
                Files.createDirectories(to.getParent());
                Files.write(to, Files.readAllBytes(from));
            }
        }
        Path changed = copy.resolve(file);
        if (content.length == 0) {
            Files.delete(changed);
        } else {
            Files.createDirectories(changed.getParent());
            Files.write(changed, content);
        }
        return copy;
    }

    private Path changed(String name, String file, String content) throws IOException {
        return changed(name, file, content.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void probabilitiesOfIndependentLabelsAreThoseOfTheReference() throws IOException {
        TextClassifier classifier = Encoders.classifier(FIXTURES.resolve("toxicity"));
        assertThat(classifier.labels()).containsExactly("toxic", "insult");
        assertThat(classifier.independent()).isTrue();
        assertThat(classifier.identity().longest()).isEqualTo(16);
        List<JsonNode> rows = expected("toxicity");
        List<float[]> given = classifier.of(
                rows.stream().map(row -> row.path("text").asText()).toList());
        for (int i = 0; i < rows.size(); i++) {
            assertSame(given.get(i), rows.get(i));
        }
    }

    @Test
    void probabilitiesOfPairsAreThoseOfTheReference() throws IOException {
        TextClassifier classifier = Encoders.classifier(FIXTURES.resolve("entailment"));
        assertThat(classifier.independent()).isFalse();
        List<JsonNode> rows = expected("entailment");
        List<float[]> given = classifier.ofPairs(rows.stream()
                .map(row -> new TextClassifier.Pair(
                        row.path("text").path(0).asText(),
                        row.path("text").path(1).asText()))
                .toList());
        for (int i = 0; i < rows.size(); i++) {
            assertSame(given.get(i), rows.get(i));
            assertThat(given.get(i)[0] + given.get(i)[1] + given.get(i)[2]).isCloseTo(1, within(1e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sentences", "sentences-pooled"})
    void vectorsAreThoseOfTheReferenceHoweverTheTextsAreBatched(String name) throws IOException {
        SentenceEncoder encoder = Encoders.sentences(FIXTURES.resolve(name));
        assertThat(encoder.dimensions()).isEqualTo(16);
        List<JsonNode> rows = new ArrayList<>(expected(name));
        for (int round = 0; round < 4; round++) {
            List<float[]> given = encoder.of(
                    rows.stream().map(row -> row.path("text").asText()).toList());
            for (int i = 0; i < rows.size(); i++) {
                assertSame(given.get(i), rows.get(i));
            }
            Collections.shuffle(rows, new Random(round));
        }
        // More than fit into one batch.
        List<String> many = IntStream.range(0, 100)
                .mapToObj(i -> rows.get(i % rows.size()).path("text").asText())
                .toList();
        List<float[]> given = encoder.of(many);
        for (int i = 0; i < many.size(); i++) {
            assertSame(given.get(i), rows.get(i % rows.size()));
        }
        assertThat(encoder.of(List.of())).isEmpty();
    }

    @Test
    void whatStandsBehindTheModelsLengthIsFoundInWindows() {
        TextClassifier classifier = Encoders.classifier(FIXTURES.resolve("toxicity"));
        ChosenLabels toxic = ChosenLabels.of(classifier, List.of("TOXIC"));
        String text = "the cat sat on the mat and the dog sat on the cat and it was kind, you idiot";
        assertThat(toxic.probability(classifier.of(List.of(text)).get(0))).isLessThan(0.1);
        assertThat(toxic.largest(classifier.ofWhole(text))).isGreaterThan(0.9);
        assertThat(classifier.ofWhole("you fool")).hasSize(1);
        assertThatThrownBy(() -> classifier.ofWhole("the cat ".repeat(1_250_000)))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("10000000 characters has more than 64 windows");
        assertThat(classifier.of(List.of("the cat ".repeat(1_250_000)))).hasSize(1);
        assertThat(classifier.of(List.of("\uD83D", "\uDE00\uD83D", "\uD83D\uDE00")))
                .hasSize(3);
    }

    @Test
    void labelsAreChosenByName() {
        TextClassifier independent = Encoders.classifier(FIXTURES.resolve("toxicity"));
        ChosenLabels both = ChosenLabels.of(independent, List.of("toxic", "insult"));
        assertThat(both.probability(new float[] {0.3f, 0.8f})).isCloseTo(0.8, within(1e-6));
        TextClassifier exclusive = Encoders.classifier(FIXTURES.resolve("entailment"));
        ChosenLabels two = ChosenLabels.of(exclusive, List.of("neutral", "contradiction"));
        assertThat(two.probability(new float[] {0.25f, 0.5f, 0.25f})).isCloseTo(0.75, within(1e-6));
        assertThatThrownBy(() -> ChosenLabels.of(independent, List.of("hateful")))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("model toxicity must have label 'hateful' once")
                .hasMessageContaining("[toxic, insult]");
        assertThatThrownBy(() -> ChosenLabels.of(independent, List.of("toxic", "Toxic")))
                .isInstanceOf(EncoderException.class);
        assertThatThrownBy(() -> ChosenLabels.of(independent, List.of())).isInstanceOf(EncoderException.class);
    }

    @Test
    void theFirstTokenSpeaksWhereTheFolderSaysSo() throws IOException {
        Path folder = changed("sentences", "1_Pooling/config.json", "{\"pooling_mode_cls_token\": true}");
        SentenceEncoder first = Encoders.sentences(folder);
        SentenceEncoder mean = Encoders.sentences(FIXTURES.resolve("sentences"));
        // Without attention the first token is the same in every text.
        List<float[]> vectors = first.of(List.of("you fool", "the cat"));
        assertThat(vectors.get(0)).isEqualTo(vectors.get(1));
        assertThat(mean.of(List.of("you fool")).get(0)).isNotEqualTo(vectors.get(0));
        Path other = changed("sentences", "1_Pooling/config.json", "{\"pooling_mode_max_tokens\": true}");
        assertThatThrownBy(() -> Encoders.sentences(other))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("pooling that is not known");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model_type\": \"roberta\", \"max_position_embeddings\": 16, \"pad_token_id\": 1} | 14",
                "{\"model_type\": \"bert\", \"max_position_embeddings\": 12} | 12"
            })
    void theLengthIsThatOfThePositions(String config, int longest) throws IOException {
        Path folder = changed("sentences", "config.json", config);
        assertThat(Encoders.sentences(folder).identity().longest()).isEqualTo(longest);
    }

    @Test
    void theShortestLengthThatAFileNamesCounts() throws IOException {
        Path folder = changed("sentences", "tokenizer_config.json", "{\"model_max_length\": 10}");
        assertThat(Encoders.sentences(folder).identity().longest()).isEqualTo(10);
        Path unknown = changed("sentences", "tokenizer_config.json", "{\"model_max_length\": 1e30}");
        assertThat(Encoders.sentences(unknown).identity().longest()).isEqualTo(16);
        Path none = changed("sentences", "sentence_bert_config.json", "{\"max_seq_length\": 0}");
        assertThatThrownBy(() -> Encoders.sentences(none))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("reads 0 tokens");
    }

    @Test
    void whatIsMissingOrDamagedIsOneClearError() throws IOException {
        assertFails(scratch.resolve("nowhere"), "there is no folder");
        assertFails(changed("toxicity", "model.onnx", new byte[0]), "neither model.onnx nor onnx/model.onnx");
        assertFails(changed("toxicity", "config.json", new byte[0]), "has no config.json");
        assertFails(changed("toxicity", "tokenizer.json", new byte[0]), "neither tokenizer.json nor vocab.txt");
        assertFails(changed("toxicity", "config.json", "{"), "config.json cannot be read");
        assertFails(changed("toxicity", "config.json", "{\"max_position_embeddings\": 16}"), "names no labels");
        assertFails(
                changed("toxicity", "config.json", "{\"id2label\": {\"1\": \"a\", \"7\": \"b\"}}"),
                "no name for label 0");
        assertFails(
                changed(
                        "toxicity",
                        "config.json",
                        "{\"max_position_embeddings\": 16, \"id2label\": {\"0\": \"a\", \"1\": \"b\", \"2\": \"c\"}}"),
                "gives 2 values for a text, and config.json names 3 labels");
        assertFails(
                changed(
                        "toxicity",
                        "config.json",
                        "{\"max_position_embeddings\": 16, \"problem_type\": \"regression\", \"id2label\": {\"0\": \"a\"}}"),
                "'regression'");
        byte[] graph = Files.readAllBytes(FIXTURES.resolve("toxicity/model.onnx"));
        assertFails(
                changed("toxicity", "model.onnx", java.util.Arrays.copyOf(graph, 3000)), "that ONNX Runtime can load");
        assertFails(changed("toxicity", "model.onnx", "no model at all"), "that ONNX Runtime can load");
        assertFails(
                changed("toxicity", "model.onnx", renamed(graph, "input_ids", "tokenised")),
                "asks for the inputs [tokenised, attention_mask, token_type_ids]");
        assertFails(FIXTURES.resolve("sentences"), "names no labels");
        assertThatThrownBy(() -> Encoders.sentences(FIXTURES.resolve("toxicity")))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining("It is no model of sentences");
    }

    private static void assertFails(Path folder, String message) {
        assertThatThrownBy(() -> Encoders.classifier(folder))
                .isInstanceOf(EncoderException.class)
                .hasMessageContaining(message);
    }

    private static byte[] renamed(byte[] graph, String from, String to) {
        String text = new String(graph, StandardCharsets.ISO_8859_1);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void anOpenModelIsSharedUntilItsFileChanges() throws IOException {
        Path folder = changed("toxicity", "README.md", "a copy");
        TextClassifier first = Encoders.classifier(folder);
        assertThat(Encoders.classifier(folder).identity()).isEqualTo(first.identity());
        assertThat(first.identity().sha256()).matches("[0-9a-f]{64}");
        Files.write(folder.resolve("model.onnx"), Files.readAllBytes(FIXTURES.resolve("entailment/model.onnx")));
        assertThatThrownBy(() -> Encoders.classifier(folder)).hasMessageContaining("gives 3 values");
        assertThat(first.of(List.of("you fool")).get(0)[0]).isGreaterThan(0.9f);
    }

    @Test
    void severalThreadsGetWhatOneGets() throws IOException {
        TextClassifier classifier = Encoders.classifier(FIXTURES.resolve("toxicity"));
        List<JsonNode> rows = expected("toxicity");
        IntStream.range(0, 400).parallel().forEach(i -> {
            JsonNode row = rows.get(i % rows.size());
            assertSame(classifier.of(List.of(row.path("text").asText())).get(0), row);
        });
    }

    @Test
    void aGraphThatScalesByItsBatchIsSeen() throws IOException {
        Path file = scratch.resolve("graph");
        byte[] filler = new byte[1 << 20];
        byte[] name = "DynamicQuantizeLinear".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(name, 0, filler, filler.length - 5, 5);
        Files.write(file, filler);
        assertThat(ModelFile.read(file).scaledByBatch()).isFalse();
        Files.write(file, java.util.Arrays.copyOfRange(name, 5, name.length), java.nio.file.StandardOpenOption.APPEND);
        assertThat(ModelFile.read(file).scaledByBatch()).isTrue();
    }
}
