package dev.weighbridge.scoring.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers and schemas that mean harm. */
class HostileJsonTest {
    private static JsonNode read(String answer) {
        return JsonAnswer.read(answer, true).orElseThrow();
    }

    @Test
    void whatIsNoJsonIsNone() {
        for (String answer : List.of(
                "",
                "  ",
                "{",
                "{'a': 1}",
                "{\"a\": NaN}",
                "[1,]",
                "[1] [2]",
                "// x\n1",
                "01",
                "1e1001",
                "1e999999999",
                "-1e-999999999",
                "1".repeat(1001),
                "[".repeat(1_000_000),
                "[".repeat(201) + "]".repeat(201),
                "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000),
                "```json\n{\"a\": \n```",
                "```",
                "``````",
                "\ud800")) {
            assertThat(JsonAnswer.read(answer, true))
                    .as(answer.substring(0, Math.min(40, answer.length())))
                    .isEmpty();
        }
    }

    @Test
    void whatIsJsonIsRead() {
        assertThat(read(" [1] \n")).isEqualTo(read("[1]"));
        assertThat(read("Here you are:\n```json\n{\"a\": 1}\n```\nAnd more: ```x```"))
                .isEqualTo(read("{\"a\":1}"));
        assertThat(read("```\n[1]")).isEqualTo(read("[1]"));
        assertThat(read("\"```\"").asText()).isEqualTo("```");
        assertThat(JsonAnswer.read("```\n[1]\n```", false)).isEmpty();
        assertThat(read("\"\ud800\"").asText()).isEqualTo("\ud800");
        assertThat(read("[".repeat(200) + "]".repeat(200)).isArray()).isTrue();
        assertThat(read("1e999").decimalValue().precision()).isEqualTo(1);
    }

    @Test
    void whatIsTooLargeIsRefusedInsteadOfJudged() {
        assertThatThrownBy(() -> JsonAnswer.read("\"" + "x".repeat(10_000_000) + "\"", true))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("10000002 characters; JSON is judged up to 2000000");
        assertThatThrownBy(() -> JsonAnswer.read("[" + "1,".repeat(300_000) + "1]", true))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("more than 200000 JSON values");
    }

    @Test
    void elementsThatAreMadeToCollideAreRefused() {
        List<String> texts = new ArrayList<>();
        List<String> objects = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder("\"");
            for (int bit = 0; bit < 15; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            texts.add(text.append('"').toString());
            objects.add("{\"x\": [" + text + "]}");
        }
        for (List<String> elements : List.of(texts, objects)) {
            assertThatThrownBy(() -> read(elements.toString()))
                    .isInstanceOf(ScoringException.class)
                    .hasMessageContaining("elements of one hash");
        }
        assertThat(read("[" + "7, ".repeat(100_000) + "7]").size()).isEqualTo(100_001);
        List<Integer> numbers = IntStream.range(0, 100_000).boxed().toList();
        assertThat(JsonSchema.parse("{\"uniqueItems\": true}").accepts(read(numbers.toString())))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"^(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)(.*)[^a]$"})
    void aPatternThatTriesForEverEnds(String pattern) {
        JsonSchema schema = JsonSchema.of(Map.of("pattern", pattern));
        assertThatThrownBy(() -> schema.accepts(read("\"" + "a".repeat(2000) + "!a\"")))
                .isInstanceOf(ScoringException.class)
                .hasMessageMatching("(?s).*(looked at|recurses too deeply).*");
        assertThat(schema.accepts(read("1"))).isTrue();
    }

    @Test
    void manySlowPatternsTogetherEndAsOneDoes() {
        JsonSchema schema = JsonSchema.parse("{\"items\": {\"not\": {\"pattern\": \"^(.*)(.*)(.*)(.*)b$\"}}}");
        String one = "\"" + "a".repeat(60) + "!\"";
        assertThatThrownBy(() -> schema.accepts(read("[" + (one + ",").repeat(5000) + one + "]")))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("the patterns of the schema looked at the answer more than");
        assertThat(schema.accepts(read("[" + one + "]"))).isTrue();
    }

    @Test
    void referencesThatMultiplyEnd() {
        StringBuilder parts = new StringBuilder("{\"$ref\": \"#/$defs/p0\", \"$defs\": {");
        for (int i = 0; i < 40; i++) {
            parts.append("\"p%d\": {\"allOf\": [{\"$ref\": \"#/$defs/p%d\"}, {\"$ref\": \"#/$defs/p%d\"}]},"
                    .formatted(i, i + 1, i + 1));
        }
        JsonSchema schema = JsonSchema.parse(parts + "\"p40\": {\"type\": \"integer\"}}}");
        assertThatThrownBy(() -> schema.accepts(read("1")))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("steps for one answer");
    }

    @Test
    void aReferenceToItselfEnds() {
        JsonSchema schema = JsonSchema.parse("{\"$ref\": \"#\"}");
        assertThatThrownBy(() -> schema.accepts(read("1")))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("without end");
        assertThat(JsonSchema.parse("{\"required\": [\"a\"], \"$ref\": \"#\"}").requiredShare(read("{}")))
                .isBetween(0.0, 1.0);
    }

    @Test
    void nothingIsFetched() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(1);
            String place = "http://127.0.0.1:" + server.getLocalPort() + "/schema.json";
            for (String reference : List.of(
                    place,
                    "file:///etc/passwd",
                    "classpath:dev/weighbridge/scoring/json/on-the-class-path.json",
                    "resource:draft/2020-12/schema.json",
                    "jar:file:/x.jar!/y")) {
                assertThatThrownBy(
                                () -> JsonSchema.of(Map.of("$ref", reference)).accepts(read("1")))
                        .as(reference)
                        .isInstanceOf(ScoringException.class)
                        .hasMessageContaining("cannot be used");
            }
            assertThatThrownBy(() -> JsonSchema.of(Map.of("$id", place, "$ref", "other.json"))
                            .accepts(read("1")))
                    .isInstanceOf(ScoringException.class);
            assertThatThrownBy(() -> JsonSchema.of(
                                    Map.of("properties", Map.of("a", Map.of("$schema", place, "$id", place))))
                            .accepts(read("{\"a\": 1}")))
                    .isInstanceOf(ScoringException.class);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void theSchemasOfTheSpecificationCanBeReferredTo() {
        JsonSchema schema = JsonSchema.of(Map.of("$ref", "http://json-schema.org/draft-07/schema#"));
        assertThat(schema.accepts(read("{\"type\": \"string\"}"))).isTrue();
        assertThat(schema.accepts(read("{\"type\": \"strnig\"}"))).isFalse();
    }

    @Test
    void whatIsNoSchemaIsNamed() {
        assertThatThrownBy(() -> JsonSchema.parse("{\"type\": \"strnig\"}"))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("/type");
        assertThatThrownBy(() -> JsonSchema.parse("{")).hasMessageContaining("is no JSON");
        assertThatThrownBy(() -> JsonSchema.parse("[1]")).hasMessageContaining("is an object, true or false");
        assertThatThrownBy(() -> JsonSchema.parse("{\"$schema\": \"http://example.org/\"}"))
                .hasMessageContaining("no published draft");
        assertThatThrownBy(() -> JsonSchema.parse("{\"pattern\": \"(\"}")).hasMessageContaining("cannot be used");
        assertThatThrownBy(() -> JsonSchema.of(Map.of("const", Double.NaN))).hasMessageContaining("no number NaN");
        assertThatThrownBy(() -> JsonSchema.parse(" ".repeat(1_000_001))).hasMessageContaining("1000000 are allowed");
        assertThatThrownBy(() -> JsonSchema.parse("{\"not\":".repeat(500) + "true" + "}".repeat(500)))
                .hasMessageContaining("is no JSON");
    }

    @Test
    void draft4TakesNoFractionForAWholeNumber() {
        String old = "{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"type\": \"integer\"}";
        assertThat(JsonSchema.parse(old).accepts(read("1.0"))).isFalse();
        assertThat(JsonSchema.parse("{\"type\": \"integer\"}").accepts(read("1.0")))
                .isTrue();
    }

    @Test
    void formatRefusesNothing() {
        assertThat(JsonSchema.parse("{\"format\": \"email\"}").accepts(read("\"x\"")))
                .isTrue();
    }
}
