package dev.weighbridge.load.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"text\":\"a\"}]}",
                "{ \"choices\" : [ { \"index\" : 0 , \"text\" : \" \" } ] }\n",
                "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"x\"}}],\"usage\":null,\"error\":null}",
                "{\"choices\":[{\"delta\":{\"content\":null,\"reasoning_content\":\"because\"}}]}",
                "{\"choices\":[{\"delta\":{\"reasoning\":\"because\"}}]}",
                "{\"choices\":[{\"text\":\"\\\"\"}]}",
                "{\"choices\":[{\"text\":\"\"},{\"text\":\"second\"}]}"
            })
    void findsOutput(String chunk) {
        assertThat(inspect(chunk)).isEqualTo(ChunkJson.OUTPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"text\":\"\"}]}",
                "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":null},\"finish_reason\":null}]}",
                "{\"choices\":[],\"finish_reason\":\"not inside choices\"}",
                "{\"choices\":[],\"object\":\"text\",\"text\":\"not inside choices\"}",
                "{\"choices\":[{\"delta\":{\"role\":\"text\\\": \\\"x\"}}]}",
                "{\"choices\":[{\"logprobs\":{\"content\":[{\"token\":\"a\"}]}}]}",
                "{}"
            })
    void findsNoOutputInEmptyOrForeignFields(String chunk) {
        assertThat(inspect(chunk)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"choices\":[],\"usage\":{\"completion_tokens\":3}} | 2",
                "{\"error\":{\"message\":\"out of memory\"}} | 4",
                "{\"error\":\"out of memory\",\"choices\":[{\"text\":\"x\"}]} | 5",
                "{\"choices\":[{\"text\":\"\\\\\\\"error\\\\\\\": 1\"}]} | 1",
                "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]} | 16",
                "{\"choices\":[{\"text\":\"a\",\"finish_reason\":\"length\"}],\"usage\":{}} | 19"
            })
    void findsUsageAndErrorsAtTheTopAndTheFinishInAChoice(String chunk, int flags) {
        assertThat(inspect(chunk)).isEqualTo(flags);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "x", "[1]", "{\"a\":1", "{\"a\":\"b", "{\"a\":\"b\\", "{\"a\":", "{}x", "{\"a\":1}{\"b\":2}"
            })
    void doubtsWhatIsNoSingleObject(String chunk) {
        assertThat(inspect(chunk) & ChunkJson.DOUBTFUL).isEqualTo(ChunkJson.DOUBTFUL);
    }

    @Test
    void agreesWithAFullParserOnRandomChunks() throws Exception {
        Random random = new Random(11);
        for (int trial = 0; trial < 3_000; trial++) {
            ObjectNode chunk = randomChunk(random);
            String json = trial % 2 == 0 ? chunk.toString() : chunk.toPrettyString();
            int expected = (hasOutput(JSON.readTree(json)) ? ChunkJson.OUTPUT : 0)
                    | (chunk.path("usage").isObject() ? ChunkJson.USAGE : 0)
                    | (chunk.hasNonNull("error") ? ChunkJson.ERROR : 0)
                    | (chunk.at("/choices/0/finish_reason").asText().isEmpty() ? 0 : ChunkJson.FINISH);
            assertThat(inspect(json)).as(json).isEqualTo(expected);
        }
    }

    private static ObjectNode randomChunk(Random random) {
        ObjectNode chunk = JSON.createObjectNode().put("id", randomText(random));
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", random.nextInt());
        if (random.nextBoolean()) {
            choice.put("text", random.nextBoolean() ? "" : randomText(random));
        } else {
            ObjectNode delta = choice.putObject("delta").put("role", randomText(random));
            delta.put("content", random.nextBoolean() ? null : randomText(random));
            delta.put("reasoning_content", random.nextBoolean() ? "" : randomText(random));
        }
        choice.putNull("logprobs").put("finish_reason", randomText(random));
        if (random.nextInt(4) == 0) {
            chunk.putObject("usage").put("completion_tokens", 1).put("text", "no output here");
        } else if (random.nextBoolean()) {
            chunk.putNull("usage");
        }
        if (random.nextInt(8) == 0) {
            chunk.put("error", randomText(random));
        }
        return chunk;
    }

    private static String randomText(Random random) {
        String[] parts = {
            "\"", "\\", "text", ":", "{", "}", "\u00e9", "\n", "\"content\":\"x\"", "\uD83D\uDE00", "]", ""
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    private static boolean hasOutput(JsonNode chunk) {
        JsonNode choice = chunk.path("choices").path(0);
        return !choice.path("text").asText("").isEmpty()
                || !choice.path("delta").path("content").asText("").isEmpty()
                || !choice.path("delta").path("reasoning_content").asText("").isEmpty();
    }

    private static int inspect(String json) {
        byte[] bytes = ("##" + json + "\"##").getBytes(StandardCharsets.UTF_8);
        return ChunkJson.inspect(bytes, 2, bytes.length - 5);
    }
}
