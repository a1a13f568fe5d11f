package dev.weighbridge.inference.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import dev.weighbridge.inference.tokenizer.StreamDecoder;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders of random weights: read as any other, the same from the same seed, and marked. */
class RandomCheckpointTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path scratch;

    static Stream<String> tinyShapes() {
        return Shapes.all().stream().map(Shape::name).filter(name -> name.endsWith("-tiny"));
    }

    private Path write(String shape, long seed, ValueType type, String name) throws IOException {
        Path folder = scratch.resolve(name);
        new RandomCheckpoint(Shapes.named(shape), seed, type).write(folder);
        return folder;
    }

    @ParameterizedTest
    @MethodSource("tinyShapes")
    void aFolderIsReadAsACheckpointWithFiniteAndLivelyLogits(String name) throws IOException {
        Path folder = write(name, 1, ValueType.F32, name);
        Checkpoint checkpoint = CheckpointReader.read(folder);
        assertThat(checkpoint.endOfSequence()).containsExactly(ByteTokenizer.END);
        DecoderSession session = ReferenceDecoder.session(checkpoint, 1, 8);
        int[] prompt = {72, 300, 1000, 72, 5, 601, 902, 33};
        FloatBuffer logits = session.forward(List.of(new Segment(0, 0, prompt, Segment.Wanted.ALL)));
        int size = session.vocabularySize();
        Set<Integer> best = new HashSet<>();
        int repeated = 0;
        for (int row = 0; row < prompt.length; row++) {
            double squares = 0;
            for (int id = 0; id < size; id++) {
                float logit = logits.get(row * size + id);
                assertThat(logit).isFinite();
                squares += (double) logit * logit;
            }
            best.add(best(logits, row, size));
            repeated += best(logits, row, size) == prompt[row] ? 1 : 0;
            assertThat(Math.sqrt(squares / size)).as("deviation of logits").isBetween(1.0, 4.0);
        }
        assertThat(best).as("the answer depends on the prompt").hasSizeGreaterThan(2);
        assertThat(repeated).as("answers that repeat their prompt").isLessThan(4);
    }

    private static int best(FloatBuffer logits, int row, int size) {
        int best = 0;
        for (int id = 1; id < size; id++) {
            best = logits.get(row * size + id) > logits.get(row * size + best) ? id : best;
        }
        return best;
    }

    @ParameterizedTest
    @EnumSource(ValueType.class)
    void aStoredTypeRoundsTheSameValues(ValueType type) throws IOException {
        Weights exact = CheckpointReader.read(write("llama-tiny", 7, ValueType.F32, "exact"))
                .weights();
        Weights rounded =
                CheckpointReader.read(write("llama-tiny", 7, type, "rounded")).weights();
        double precision = type == ValueType.F32 ? 0 : type == ValueType.F16 ? 0x1p-11 : 0x1p-8;
        for (Role role : exact.roles()) {
            float[] expected = exact.floats(role);
            float[] seen = rounded.floats(role);
            for (int i = 0; i < expected.length; i++) {
                // Below the smallest normal half the steps are as wide as they get.
                assertThat((double) seen[i])
                        .isCloseTo(
                                expected[i],
                                within(Math.abs(expected[i]) * precision + (precision == 0 ? 0 : 0x1p-25)));
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherOneOthers() throws IOException {
        Path one = write("gpt2-tiny", 5, ValueType.BF16, "one");
        Path again = write("gpt2-tiny", 5, ValueType.BF16, "again");
        Path other = write("gpt2-tiny", 6, ValueType.BF16, "other");
        try (Stream<Path> files = Files.list(one)) {
            for (Path file : files.toList()) {
                assertThat(again.resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
        assertThat(Files.mismatch(one.resolve("model.safetensors"), other.resolve("model.safetensors")))
                .isNotNegative();
    }

    @Test
    void valuesDoNotDependOnHowTheyAreSharded() throws IOException {
        Path whole = write("bloom-tiny", 3, ValueType.F32, "whole");
        Path sharded = scratch.resolve("sharded");
        new RandomCheckpoint(Shapes.named("bloom-tiny"), 3, ValueType.F32).write(sharded, 600_000);
        try (Stream<Path> files = Files.list(sharded)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .contains("model.safetensors.index.json", "model-00002-of-00006.safetensors")
                    .doesNotContain("model.safetensors");
        }
        Weights one = CheckpointReader.read(whole).weights();
        Weights other = CheckpointReader.read(sharded).weights();
        for (Role role : one.roles()) {
            assertThat(other.floats(role)).as(role.id()).isEqualTo(one.floats(role));
        }
        for (JsonNode file : MAPPER.readTree(
                        sharded.resolve("model.safetensors.index.json").toFile())
                .path("weight_map")) {
            assertThat(Files.size(sharded.resolve(file.asText()))).isLessThan(700_000);
        }
    }

    @Test
    void matricesAreScaledByTheirInputsAndNormsAreOne() throws IOException {
        Weights weights = CheckpointReader.read(write("pythia-tiny", 1, ValueType.F32, "p"))
                .weights();
        assertThat(weights.floats(Role.of(Role.Part.FINAL_NORM))).containsOnly(1);
        assertThat(weights.floats(Role.of(Role.Part.FINAL_NORM_BIAS))).containsOnly(0);
        assertThat(deviation(weights.floats(Role.of(Role.Part.DOWN, 1)))).isCloseTo(1 / Math.sqrt(512), within(0.001));
        assertThat(deviation(weights.floats(Role.of(Role.Part.KEY, 2)))).isCloseTo(1 / Math.sqrt(128), within(0.002));
    }

    private static double deviation(float[] values) {
        double squares = 0;
        for (float value : values) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares / values.length);
    }

    @Test
    void theFolderAndEachFileOfWeightsSayThatTheyAreRandom() throws IOException {
        Path folder = write("llama-tiny", 11, ValueType.F16, "marked");
        JsonNode mark = MAPPER.readTree(folder.resolve("weighbridge.json").toFile());
        assertThat(mark.path("weights").asText()).isEqualTo("random");
        assertThat(mark.path("shape").asText()).isEqualTo("llama-tiny");
        assertThat(mark.path("seed").asLong()).isEqualTo(11);
        byte[] start = new byte[400];
        System.arraycopy(Files.readAllBytes(folder.resolve("model.safetensors")), 0, start, 0, start.length);
        assertThat(new String(start, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains(
                        "\"weighbridge.weights\":\"random\"",
                        "\"weighbridge.shape\":\"llama-tiny\"",
                        "\"weighbridge.seed\":\"11\"");
    }

    @Test
    void everyTextIsEncodedAByteATokenAndEveryIdHasATextOfItsOwn() throws IOException {
        try (TextTokenizer tokenizer = TextTokenizer.read(write("llama-tiny", 1, ValueType.F32, "words"))) {
            String text = "Sort: kiwi, fïg →\n";
            int[] tokens = tokenizer.encode(text);
            assertThat(tokens).hasSize(text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
            assertThat(tokenizer.decode(tokens)).isEqualTo(text);
            assertThat(tokenizer.vocabularySize()).isEqualTo(1024);
            List<String> words = new ArrayList<>();
            for (int id = ByteTokenizer.LEAST_VOCABULARY; id < 1024; id++) {
                StreamDecoder decoder = tokenizer.streamDecoder();
                String word = decoder.push(id);
                assertThat(word).matches(" [a-z]{6}").isEqualTo(tokenizer.decode(new int[] {id}));
                words.add(word);
            }
            assertThat(words).doesNotHaveDuplicates();
            assertThat(tokenizer.streamDecoder().push(ByteTokenizer.END)).isEmpty();
        }
    }

    @Test
    void theLargestVocabularyIsReadToo() throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("large"));
        Files.write(folder.resolve("tokenizer.json"), MAPPER.writeValueAsBytes(ByteTokenizer.of(250_880)));
        try (TextTokenizer tokenizer = TextTokenizer.read(folder)) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(250_880);
            assertThat(tokenizer.decode(new int[] {250_879})).matches(" [a-z]{6}");
        }
    }

    @Test
    void aFolderThatHasFilesIsLeftAsItIs() throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("full"));
        Files.writeString(folder.resolve("notes.txt"), "mine");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RandomCheckpoint(Shapes.named("llama-tiny"), 1, ValueType.F32).write(folder))
                .withMessageContainingAll(folder.toString(), "not empty");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void tooSmallADiskIsToldBeforeAnythingIsWritten() {
        RandomCheckpoint checkpoint = new RandomCheckpoint(Shapes.named("llama-1.1b"), 1, ValueType.F32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> checkpoint.requireSpace(scratch, 3_000_000_000L))
                .withMessageContainingAll("3.0 GB of free space", "llama-1.1b as f32 takes 4.4 GB");
        checkpoint.requireSpace(scratch, 5_000_000_000L);
    }
}
