package dev.weighbridge.core.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model that was never trained is known by its folder or by its weights, and no study asks it for accuracy. */
class RandomWeightsTest {
    private static final String STUDY = """
            study: small
            models: [model]
            engines: [alpha]
            hardware: box
            prices: prices.yaml
            """;
    private static final Manifest.RandomWeights GPT2 = new Manifest.RandomWeights("gpt2", 7);

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void files() throws IOException {
        model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(
                folder.resolve("prices.yaml"), "name: list\ndate: 2026-11-01\nsource: us\nusd-per-hour:\n  box: 1.5\n");
    }

    private void mark() throws IOException {
        Files.writeString(model.resolve("weighbridge.json"), "{\"weights\":\"random\",\"shape\":\"gpt2\",\"seed\":7}");
    }

    private void weights(String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                model.resolve("model.safetensors"),
                ByteBuffer.allocate(Long.BYTES + json.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .array());
    }

    private Study parse(String more) {
        return StudyFile.parse(STUDY + more, "study.yaml", folder);
    }

    @Test
    void aFolderWithoutTheMarkIsNotRandomAndMayBeAsked() throws IOException {
        weights("{\"__metadata__\":{\"format\":\"pt\"}}");
        assertThat(RandomWeights.of(model)).isEmpty();
        assertThat(RandomWeights.of(folder.resolve("none"))).isEmpty();
        assertThat(parse("evaluation: {tasks: [demo-sorting]}\n").evaluation().tasks())
                .hasSize(1);
    }

    @Test
    void aFolderIsKnownByItsMark() throws IOException {
        mark();
        assertThat(RandomWeights.of(model)).contains(GPT2);
    }

    @Test
    void weightsThatWereCopiedWithoutTheFolderAreKnownByThemselves() throws IOException {
        weights("{\"w\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"__metadata__\":{\"format\":\"pt\","
                + "\"weighbridge.weights\":\"random\",\"weighbridge.shape\":\"gpt2\",\"weighbridge.seed\":\"7\"}}");
        assertThat(RandomWeights.of(model)).contains(GPT2);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse("evaluation: {tasks: [demo-sorting]}\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"__metadata__\":7}", "null"})
    void aHeaderThatCannotBeReadSaysNothing(String header) throws IOException {
        weights(header);
        assertThat(RandomWeights.of(model)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"weights\":\"random\"}", "{\"weights\":\"random\",\"shape\":\"x\",\"seed\":\"one\"}", "{"})
    void aDamagedMarkIsNeverTakenForNone(String mark) throws IOException {
        Files.writeString(model.resolve("weighbridge.json"), mark);
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> RandomWeights.of(model))
                .withMessageContaining("weighbridge.json is damaged");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(""))
                .withMessageContaining("study.yaml:2: models cannot be used");
    }

    @Test
    void aStudyThatWouldAskForAccuracyIsRefusedAtThatLine() throws IOException {
        mark();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse("evaluation: {tasks: [demo-sorting]}\nobjectives: {accuracy-margin: 0.02}\n"))
                .withMessageContainingAll(
                        "2 problems",
                        "study.yaml:6: evaluation.tasks cannot be asked: model has random weights: accuracy means nothing;"
                                + " remove evaluation.tasks",
                        "study.yaml:7: objectives.accuracy-margin cannot be held: model has random weights");
    }

    @Test
    void aStudyOfSpeedIsNotRefused() throws IOException {
        mark();
        Study study = parse("load: {}\nobjectives: {ttft: 250ms, goodput: 0.9}\n");
        assertThat(study.capacity()).isPresent();
        assertThat(study.parity().prompts()).isPositive();
    }
}
