package dev.weighbridge.inference.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks {@code engines/FAMILIES.md}, which says what every family was held against on every engine, or writes it anew where the
 * property {@code families.write} is set. The engines' contract tests note what they measured in their {@code target/families};
 * {@code scripts/families} runs them and then this.
 */
class FamiliesPageTest {
    private static final Path ENGINES = Path.of("..");
    private static final List<String> BACKENDS = List.of("onnxruntime", "pytorch");
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String HEAD = """
            # Model families

            Written by `scripts/families`; do not edit. Each row is a small checkpoint with random weights, norms and biases among them,
            whose logits and greedy continuations transformers %s computed in float32 from the same file
            (`scripts/reference`). Every engine is held to them at fp32 in `mvn verify`: no logit of four prompts and of a continuation
            differs by more than 1e-4, the 64 greedy tokens of each prompt are the same ones, alone and in a ragged batch, and passes that
            mix prompts, chunks and answers give the logits of the decoder in plain Java, which is held to transformers itself.
            int8, int4 and w8a8 are held to a model of their own arithmetic. Of T5 the encoder reads the prompt; the logits are those of the
            decoder's start token and of the answer.

            Largest difference between two logits, by engine:

            | model_type | checkpoint | %s |
            |---|---|---|---|
            """;

    @Test
    void thePageHasARowForEveryFixtureAndNoDifferenceOverTheTolerance(@TempDir Path scratch) throws IOException {
        Path file = ENGINES.resolve("FAMILIES.md");
        if (Boolean.getBoolean("families.write")) {
            Files.writeString(file, page(scratch), StandardCharsets.UTF_8);
        }
        List<String> rows = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| model_type"))
                .toList();
        List<String> expected = new ArrayList<>();
        for (String name : GoldenFixture.names()) {
            Path model = scratch.resolve(name);
            if (!Files.exists(model)) {
                GoldenFixture.unpack(name, scratch);
            }
            JsonNode config = MAPPER.readTree(model.resolve("config.json").toFile());
            expected.add("| " + config.path("model_type").asText() + " | " + name + " |");
        }
        assertThat(rows)
                .extracting(row -> row.replaceFirst("(\\|[^|]*\\|[^|]*\\|).*", "$1"))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(rows).allSatisfy(row -> assertThat(row.split("\\|", -1)).hasSize(4 + BACKENDS.size()));
        assertThat(rows).allSatisfy(row -> {
            String[] cells = row.split("\\|", -1);
            for (int i = 3; i < cells.length - 1; i++) {
                assertThat(Double.parseDouble(cells[i].strip())).isBetween(0.0, SessionContract.TOLERANCE);
            }
        });
    }

    private static String page(Path scratch) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        String transformers = "";
        for (String name : GoldenFixture.names()) {
            Path model = GoldenFixture.unpack(name, scratch);
            JsonNode config = MAPPER.readTree(model.resolve("config.json").toFile());
            transformers = MAPPER.readTree(model.resolve("expected.json").toFile())
                    .path("transformers")
                    .asText();
            List<String> cells = new ArrayList<>();
            for (String backend : BACKENDS) {
                Path noted = ENGINES.resolve(Path.of(backend, "target", "families", backend, name));
                cells.add(String.format(Locale.ROOT, "%.1e", Double.parseDouble(Files.readString(noted))));
            }
            String type = config.path("model_type").asText();
            rows.put(type + " " + name, "| %s | %s | %s |%n".formatted(type, name, String.join(" | ", cells)));
        }
        return HEAD.formatted(transformers, String.join(" | ", BACKENDS)) + String.join("", rows.values());
    }
}
