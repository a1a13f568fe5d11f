package dev.weighbridge.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.family.Families;
import dev.weighbridge.inference.model.WeightShapes;
import dev.weighbridge.inference.reference.GoldenFixture;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand checkpoints, each with something wrong in it: what cannot be read is refused as a bad model and by nothing else. */
@Timeout(120)
class MutatedCheckpointsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int CONFIGURATIONS = 7000;
    private static final int HEADERS = 2000;
    private static final int TOKENIZERS = 1000;
    private static final String[] VALUES = {
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "2",
        "3",
        "7",
        "1e300",
        "-1e-300",
        "0.5",
        "2147483647",
        "2147483648",
        "9223372036854775808",
        "16777216",
        "\"\"",
        "\"silu\"",
        "\"\\u0000\"",
        "[]",
        "[1]",
        "[null]",
        "{}",
        "{\"rope_type\":\"yarn\"}",
        "{\"rope_type\":\"longrope\",\"factor\":1e9}",
        "{\"type\":\"llama3\",\"factor\":4}",
        "[\"sliding_attention\"]",
        "\"\uD83D\uDE00\""
    };

    @TempDir
    Path folder;

    @Test
    void mutatedConfigurationsAreDescribedOrRefused() throws IOException {
        Random random = new Random(1);
        List<ObjectNode> configurations = new ArrayList<>();
        for (String name : GoldenFixture.names()) {
            Path file = GoldenFixture.unpack(name, folder).resolve("config.json");
            configurations.add((ObjectNode) MAPPER.readTree(file.toFile()));
        }
        int refused = 0;
        for (int i = 0; i < CONFIGURATIONS; i++) {
            ObjectNode config = configurations.get(i % configurations.size()).deepCopy();
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutate(config, random);
            }
            refused += refuses(
                    i,
                    config.toString(),
                    () -> WeightShapes.of(Families.describe(config, Path.of("config.json"))
                                    .definition())
                            .size());
        }
        assertThat(refused).as("most changes do harm").isBetween(CONFIGURATIONS / 4, CONFIGURATIONS - 100);
    }

    @Test
    void mutatedWeightFilesAreReadOrRefused() throws IOException {
        Random random = new Random(2);
        TinyCheckpoint.write(folder);
        Path file = folder.resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        int header = 8 + ((whole[0] & 0xff) | ((whole[1] & 0xff) << 8));
        int refused = 0;
        for (int i = 0; i < HEADERS; i++) {
            byte[] bytes = random.nextInt(8) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            for (int change = random.nextInt(4); change >= 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(Math.min(bytes.length, header))] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            refused += refuses(i, "weights", () -> CheckpointReader.read(folder));
        }
        assertThat(refused).isGreaterThan(HEADERS / 2);
    }

    @Test
    void mutatedTokenizersAreReadOrRefused() throws IOException {
        Random random = new Random(3);
        TinyCheckpoint.write(folder);
        Path file = folder.resolve("tokenizer.json");
        ObjectNode whole = (ObjectNode) MAPPER.readTree(file.toFile());
        int refused = 0;
        for (int i = 0; i < TOKENIZERS; i++) {
            ObjectNode json = whole.deepCopy();
            for (int change = random.nextInt(3); change >= 0; change--) {
                mutate(json, random);
            }
            Files.writeString(file, json.toString());
            refused += refuses(i, json.toString(), () -> {
                try (TextTokenizer tokenizer = TextTokenizer.read(folder)) {
                    return tokenizer.encode("The quick brown fox, \uD83D\uDE00", true).length;
                }
            });
        }
        assertThat(refused).isGreaterThan(TOKENIZERS / 4);
    }

    /** 1 when it was refused as it must be, 0 when it was read. */
    private static int refuses(int number, String input, Callable<?> reading) {
        try {
            reading.call();
            return 0;
        } catch (EngineException e) {
            assertThat(e.category()).isEqualTo(EngineException.Category.BAD_MODEL);
            assertThat(e.getMessage()).hasSizeLessThan(1000);
            return 1;
        } catch (Exception | StackOverflowError e) {
            return fail("number %d: %s of %.600s".formatted(number, e, input), e);
        }
    }

    /** Changes one field somewhere in the tree: to another value, to nothing, or to a neighbour's. */
    private static void mutate(ObjectNode root, Random random) {
        JsonNode at = root;
        while (true) {
            List<JsonNode> inner = new ArrayList<>();
            at.forEach(child -> {
                if (child.isContainerNode() && !child.isEmpty()) {
                    inner.add(child);
                }
            });
            if (inner.isEmpty() || random.nextInt(3) == 0) {
                break;
            }
            at = inner.get(random.nextInt(inner.size()));
        }
        JsonNode value = value(random);
        if (at instanceof ArrayNode array) {
            array.set(random.nextInt(array.size()), value);
        } else if (at instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            String name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> object.remove(name);
                case 1 ->
                    object.set(
                            name,
                            object.path(names.get(random.nextInt(names.size()))).deepCopy());
                default -> object.set(name, value);
            }
        }
    }

    private static JsonNode value(Random random) {
        try {
            return MAPPER.readTree(VALUES[random.nextInt(VALUES.length)]);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
