package dev.weighbridge.engines.onnxruntime.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.encoder.Encoders;
import dev.weighbridge.encoder.SentenceEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Published models beside onnxruntime in Python; scripts/integration/sentence-cache makes their folders and runs this. */
@EnabledIfSystemProperty(named = "weighbridge.encoders", matches = ".+")
class PublishedEncodersTest {
    @Test
    void vectorsAreThoseOfOnnxRuntimeInPython() throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(Path.of(System.getProperty("weighbridge.encoders")), 2)) {
            files = found.filter(file -> file.endsWith("vectors.jsonl")).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            SentenceEncoder encoder = Encoders.sentences(file.resolveSibling(""));
            List<JsonNode> rows = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                rows.add(new ObjectMapper().readTree(line));
            }
            List<float[]> vectors = encoder.of(
                    rows.stream().map(row -> row.path("text").asText()).toList());
            for (int i = 0; i < rows.size(); i++) {
                JsonNode values = rows.get(i).path("values");
                assertThat(vectors.get(i)).hasSize(values.size());
                for (int j = 0; j < values.size(); j++) {
                    assertThat((double) vectors.get(i)[j])
                            .as(file + " " + i)
                            .isCloseTo(values.path(j).asDouble(), within(1e-5));
                }
            }
        }
    }
}
