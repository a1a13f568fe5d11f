package dev.weighbridge.load.kserve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.SseScanner;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GenerateStreamReaderTest {
    private static final Endpoint ENDPOINT = endpoint(Map.of());

    private static Endpoint endpoint(Map<String, String> names) {
        return new Endpoint(URI.create("http://127.0.0.1:8000"), "m", Endpoint.KSERVE, Map.of(), Map.of(), names);
    }

    /** As Triton 2.51 writes it. */
    private static String event(String rest) {
        return "data: {\"model_name\":\"m\",\"model_version\":\"1\"," + rest + "}\n\n";
    }

    private static String text(String text) {
        return event("\"text_output\":\"" + text + "\"");
    }

    private static String counted(String text, int tokens) {
        return event("\"num_input_tokens\":7,\"num_output_tokens\":" + tokens + ",\"text_output\":\"" + text + "\"");
    }

    private static Answer read(String stream) {
        return read(ENDPOINT, stream);
    }

    private static Answer read(Endpoint endpoint, String stream) {
        Answer answer = new Answer(true);
        Protocol.Reader reader = new GenerateStreamReader(endpoint, answer);
        reader.feed(StandardCharsets.UTF_8.encode(stream), 5);
        reader.end(9);
        return answer;
    }

    @Test
    void eachResponseWithTextIsAChunkOfOneTokenWhereNothingIsCounted() {
        Answer answer = read(text("Hel") + text("") + text("lo"));

        assertThat(answer.chunkTokens()).containsExactly(1, 1);
        assertThat(answer.text()).isEqualTo("Hello");
        assertThat(answer.outputTokens()).as("not guessed").isEqualTo(-1);
        assertThat(answer.promptTokens()).isEqualTo(-1);
        assertThat(answer.endNanos()).isEqualTo(9);
        assertThat(answer.malformed()).isNull();
    }

    @Test
    void tokensThatTheModelTellsBelongToTheirResponseAndThoseWithoutTextToTheNext() {
        Answer answer = read(counted("a", 1) + counted("", 1) + counted("bcd", 2) + counted("e", 1));

        assertThat(answer.chunkTokens()).containsExactly(1, 3, 1);
        assertThat(answer.outputTokens()).isEqualTo(5);
        assertThat(answer.promptTokens()).isEqualTo(7);
    }

    @Test
    void anAnswerOfWhichAPartIsNotCountedHasNoCount() {
        Answer answer = read(counted("a", 1) + text("b"));

        assertThat(answer.outputTokens()).isEqualTo(-1);
        assertThat(answer.chunkTokens()).containsExactly(1, 1);
    }

    @Test
    void outputsHaveTheNamesOfTheEndpointAndMayBeArrays() {
        Answer answer = read(
                endpoint(Map.of("text_output", "OUT", "num_output_tokens", "LEN")),
                event("\"OUT\":[\"a\",\"other beam\"],\"LEN\":[[2]],\"text_output\":\"no\""));

        assertThat(answer.text()).isEqualTo("a");
        assertThat(answer.chunkTokens()).containsExactly(2);
    }

    @Test
    void anErrorInTheStreamIsTheServers() {
        assertThat(read(text("a") + "data: {\"error\":\"late\\u001b failure\"}\n\n")
                        .serverError())
                .isEqualTo("late failure");
        assertThat(read("event: error\ndata: {\"text_output\":\"x\"}\n\n").serverError())
                .contains("text_output");
    }

    @Test
    void whatIsNoStreamOfResponsesIsMalformed() {
        assertThat(read("{\"text_output\":\"whole\"}").malformed()).isEqualTo("the answer is not an event stream");
        assertThat(read(text("a") + "data: [DONE]\n\n").malformed()).startsWith("not a JSON object");
        assertThat(read("data: {\"text_output\":\"a\"} {}\n\n").malformed()).startsWith("not a JSON object");
        assertThat(read("data: " + "x".repeat(SseScanner.MAX_EVENT_BYTES + 1)).malformed())
                .startsWith("an event of more than");
    }

    @Test
    void anAnswerWithoutResponsesIsWholeAndEmpty() {
        Answer answer = read("");

        assertThat(answer.hasEnded()).isTrue();
        assertThat(answer.chunks()).isZero();
    }

    @Test
    void whateverComesHasOneOutcomeHoweverItIsCut() {
        Random random = new Random(11);
        String good = counted("caf\u00e9", 2) + ": ping\n\n" + counted("\uD83D\uDE00", 1) + text("x")
                + "data: {\"error\":null,\"text_output\":\"y\"}\n\n";
        for (int number = 0; number < 5_000; number++) {
            byte[] stream = good.getBytes(StandardCharsets.UTF_8);
            for (int fault = random.nextInt(4); fault > 0; fault--) {
                int at = random.nextInt(stream.length);
                if (random.nextBoolean()) {
                    stream[at] = (byte) random.nextInt(256);
                } else {
                    stream = Arrays.copyOf(stream, Math.max(1, at));
                }
            }
            String spoilt = new String(stream, StandardCharsets.ISO_8859_1);
            assertThat(facts(stream, random, 1 + random.nextInt(40)))
                    .as(spoilt)
                    .isEqualTo(facts(stream, random, stream.length));
        }
    }

    private static String facts(byte[] stream, Random random, int longest) {
        Answer answer = new Answer(true);
        Protocol.Reader reader = new GenerateStreamReader(ENDPOINT, answer);
        for (int from = 0; from < stream.length; ) {
            int to = longest == stream.length ? longest : Math.min(stream.length, from + 1 + random.nextInt(longest));
            reader.feed(ByteBuffer.wrap(stream, from, to - from), 1);
            from = to;
        }
        reader.end(1);
        return Arrays.toString(answer.chunkTokens())
                + answer.outputTokens()
                + answer.promptTokens()
                + answer.hasEnded()
                + answer.malformed()
                + answer.serverError()
                + answer.text();
    }
}
