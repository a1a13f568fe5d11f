package dev.weighbridge.load.kserve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Message;
import dev.weighbridge.api.load.PlannedRequest;
import dev.weighbridge.api.load.Protocol;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KServeGenerateTest {
    private final Protocol protocol = Protocol.of("kserve").orElseThrow();

    private static Endpoint endpoint(String model, Map<String, Object> body, Map<String, String> names) {
        return new Endpoint(URI.create("http://127.0.0.1:8000"), model, Endpoint.KSERVE, Map.of(), body, names);
    }

    private static PlannedRequest request(boolean exactly) {
        return new PlannedRequest(
                0, 0, 0, List.of(new Message(Message.USER, "Once")), 3, 7, exactly, null, Optional.empty());
    }

    private void assertBody(Endpoint endpoint, boolean exactly, String json) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        assertThat(mapper.readTree(protocol.body(endpoint, request(exactly)))).isEqualTo(mapper.readTree(json));
    }

    @Test
    void aRequestIsGreedyAndStreamed() throws IOException {
        assertBody(
                endpoint("m", Map.of(), Map.of()),
                false,
                "{\"text_input\":\"Once\",\"max_tokens\":7,\"temperature\":0,\"stream\":true}");
    }

    @Test
    void aLengthThatIsToBeMetIsSaid() throws IOException {
        assertBody(
                endpoint("m", Map.of(), Map.of("min_tokens", "min_length")),
                true,
                "{\"text_input\":\"Once\",\"max_tokens\":7,\"temperature\":0,\"stream\":true,\"min_length\":7,\"ignore_eos\":true}");
    }

    @Test
    void fieldsHaveTheServersNamesAndItsOwnReplaceThem() throws IOException {
        assertBody(
                endpoint(
                        "m",
                        Map.of("temperature", Endpoint.OMITTED, "top_k", 1L),
                        Map.of("text_input", "PROMPT", "max_tokens", "LEN")),
                false,
                "{\"PROMPT\":\"Once\",\"LEN\":7,\"stream\":true,\"top_k\":1}");
    }

    @Test
    void theModelsNameIsOnePartOfThePath() {
        assertThat(protocol.path(endpoint("my model?", Map.of(), Map.of())))
                .isEqualTo("/v2/models/my%20model%3F/generate_stream");
        assertThat(protocol.path(endpoint("m/versions/2", Map.of(), Map.of())))
                .isEqualTo("/v2/models/m/versions/2/generate_stream");
    }
}
