package dev.weighbridge.scoring.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Verdicts against those of jsonschema 4.26.0, which {@code scripts/reference/make_json_schema_fixtures.py} wrote. */
class JsonSchemaReferenceTest {
    @Test
    void verdictsAreThoseOfJsonschema() throws IOException {
        ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        List<String> wrong = new ArrayList<>();
        int valid = 0;
        int lines = 0;
        try (InputStream in = JsonSchemaReferenceTest.class.getResourceAsStream("verdicts.jsonl.gz");
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(in), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                JsonNode pair = json.readTree(line);
                Optional<JsonNode> document = JsonAnswer.read(pair.get("answer").asText(), true);
                boolean accepted = document.isPresent()
                        && JsonSchema.parse(pair.get("schema").toString()).accepts(document.get());
                if (document.isPresent() != pair.get("json").asBoolean()
                        || accepted != pair.get("valid").asBoolean()) {
                    wrong.add("json " + document.isPresent() + ", valid " + accepted + ": " + line);
                }
                lines++;
                valid += accepted ? 1 : 0;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(lines).isGreaterThanOrEqualTo(1500);
        assertThat(valid).isBetween(400, lines - 400);
    }
}
