package dev.weighbridge.scoring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonSchemaKindTest {
    private static final Map<String, Object> PERSON = Map.of(
            "type",
            "object",
            "properties",
            Map.of(
                    "name",
                    Map.of("type", "string"),
                    "home",
                    Map.of("required", List.of("city", "street")),
                    "pets",
                    Map.of("items", Map.of("$ref", "#/$defs/pet"))),
            "required",
            List.of("name", "age"),
            "$defs",
            Map.of("pet", Map.of("required", List.of("kind"))));

    private static List<Double> judge(Scorer scorer, Map<String, Object> row, String answer) {
        Map<String, double[]> vectors =
                scorer.score(new Question("?", List.of(), List.of(), row), List.of(Reply.written(answer, 1)));
        return scorer.scores().stream()
                .map(score -> score.aggregation().of(vectors.get(score.id())))
                .toList();
    }

    private static List<Double> judge(Map<String, Object> options, String answer) {
        try (Scorer scorer = Scorers.open("json-schema", options)) {
            return judge(scorer, Map.of(), answer);
        }
    }

    @Test
    void validityAndJsonAndRequiredPropertiesAreThreeFigures() {
        Map<String, Object> options = Map.of("schema", PERSON);
        assertThat(judge(options, "{\"name\": \"Ada\", \"age\": 36}")).containsExactly(1.0, 1.0, 1.0);
        assertThat(judge(options, "{\"name\": 1, \"age\": 36}")).containsExactly(0.0, 1.0, 1.0);
        assertThat(judge(options, "{\"name\": \"Ada\"}")).containsExactly(0.0, 1.0, 0.5);
        assertThat(judge(options, "name: Ada")).containsExactly(0.0, 0.0, 0.0);
        assertThat(judge(options, "[]")).containsExactly(0.0, 1.0, 0.0);
        // Of name, age, city, street and the kinds of two pets three are there.
        assertThat(judge(options, "{\"name\": \"Ada\", \"home\": {\"city\": \"\"}, \"pets\": [{\"kind\": 1}, {}]}"))
                .containsExactly(0.0, 1.0, 0.5);
    }

    @Test
    void aFenceIsTakenUnlessTheTaskSaysNo() {
        String fenced = "Sure:\n```json\n{\"name\": \"Ada\", \"age\": 1}\n```";
        assertThat(judge(Map.of("schema", PERSON), fenced)).containsExactly(1.0, 1.0, 1.0);
        assertThat(judge(Map.of("schema", PERSON, "fence", false), fenced)).containsExactly(0.0, 0.0, 0.0);
    }

    @Test
    void theSchemaMayBeTextOrComeFromAFileOrTheRow(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("s.json"), "{\"type\": \"integer\"}");
        try (Scorer scorer = Scorers.open("json-schema", Map.of("file", "s.json"), folder)) {
            assertThat(judge(scorer, Map.of(), "3").get(0)).isEqualTo(1);
            assertThat(judge(scorer, Map.of(), "\"3\"").get(0)).isZero();
        }
        assertThat(judge(Map.of("schema", "{\"type\": \"integer\"}"), "3").get(0))
                .isEqualTo(1);
        try (Scorer scorer = Scorers.open("json-schema", Map.of("column", "form"))) {
            assertThat(judge(scorer, Map.of("form", "{\"type\": \"null\"}"), "null")
                            .get(0))
                    .isEqualTo(1);
            assertThat(judge(scorer, Map.of("form", Map.of("type", "null")), "1")
                            .get(0))
                    .isZero();
            assertThatThrownBy(() -> judge(scorer, Map.of("other", 1), "1"))
                    .isInstanceOf(ScoringException.class)
                    .hasMessage("the row has no JSON schema in column 'form'. It has [other].");
        }
    }

    @Test
    void aTaskMustNameOneSchema(@TempDir Path folder) {
        assertThatThrownBy(() -> Scorers.open("json-schema", Map.of()))
                .hasMessageContaining("needs one of the options");
        assertThatThrownBy(() -> Scorers.open("json-schema", Map.of("schema", Map.of(), "column", "c")))
                .hasMessageContaining("needs one of the options");
        assertThatThrownBy(() -> Scorers.open("json-schema", Map.of("file", "none.json"), folder))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("none.json cannot be read");
        assertThatThrownBy(() -> Scorers.open("json-schema", Map.of("file", "a\0b"), folder))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("must be the name of a file");
        assertThatThrownBy(() -> Scorers.open("json-schema", Map.of("schema", Map.of("type", "text"))))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("the JSON schema is none by");
    }
}
