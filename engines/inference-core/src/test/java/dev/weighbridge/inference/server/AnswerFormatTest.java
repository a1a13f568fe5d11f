package dev.weighbridge.inference.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunk that every token is sent in. */
class AnswerFormatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "",
                "\"quoted\" \\ and\nbroken\t",
                "é 東京 🙂 \u2028",
                "\u0001",
                "\"\"",
                "\"}],\"usage\":1}"
            })
    void textComesBackAsItWasWhateverItHolds(String text) throws IOException {
        for (boolean chat : new boolean[] {false, true}) {
            AnswerFormat format = new AnswerFormat(chat, true, "model \"\" name");
            format.textChunk(2, "an earlier chunk", null);
            JsonNode chunk = JSON.readTree(format.textChunk(2, text, null));
            JsonNode choice = chunk.path("choices").path(0);
            assertThat((chat ? choice.path("delta").path("content") : choice.path("text")).textValue())
                    .isEqualTo(text);
            assertThat(choice.path("index").intValue()).isEqualTo(2);
            assertThat(chunk.path("model").textValue()).isEqualTo("model \"\" name");
            // The one with likelihoods is built whole: apart from them both must be the same.
            String whole = new String(
                    format.textChunk(2, text, JsonNodeFactory.instance.objectNode()), StandardCharsets.UTF_8);
            assertThat(JSON.readTree(whole.replace("\"logprobs\":{}", "\"logprobs\":null")))
                    .isEqualTo(chunk);
        }
    }
}
