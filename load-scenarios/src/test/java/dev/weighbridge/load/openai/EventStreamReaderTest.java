package dev.weighbridge.load.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Protocol;
import dev.weighbridge.load.Cuts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventStreamReaderTest {
    private static final String WHOLE = text("Hel") + text("lo") + text("") + ": ping\n\n" + text("!")
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5}}\n\n" + "data: [DONE]\n\n";

    @Test
    void takesChunksWithOutputAndTheServersCounts() {
        Answer stream = read(WHOLE);

        assertThat(stream.chunks()).isEqualTo(3);
        assertThat(stream.chunkTokens()).containsExactly(1, 1, 1);
        assertThat(stream.promptTokens()).isEqualTo(9);
        assertThat(stream.outputTokens()).isEqualTo(5);
        assertThat(stream.hasEnded()).isTrue();
        assertThat(stream.malformed()).isNull();
        assertThat(stream.serverError()).isNull();
    }

    @Test
    void stampsEachChunkWithTheReadThatFinishedIt() {
        Answer stream = new Answer(false);
        Protocol.Reader reader = new EventStreamReader(stream);
        String first = text("a");
        reader.feed(StandardCharsets.UTF_8.encode(first.substring(0, 20)), 1_010);
        reader.feed(StandardCharsets.UTF_8.encode(first.substring(20) + text("b")), 1_020);
        reader.feed(StandardCharsets.UTF_8.encode(text("c") + "data: [DONE]\n\n"), 1_030);

        assertThat(stream.chunkNanosSince(1_000)).containsExactly(20, 20, 30);
        assertThat(stream.firstChunkNanos()).isEqualTo(1_020);
        assertThat(stream.endNanos()).isEqualTo(1_030);
    }

    @Test
    void readsTheSameFactsHoweverTheBytesAreCut() {
        Random random = new Random(5);
        for (int trial = 0; trial < 1_000; trial++) {
            Answer stream = new Answer(false);
            Protocol.Reader reader = new EventStreamReader(stream);
            for (byte[] piece : Cuts.pieces(WHOLE, random, 1 + random.nextInt(60))) {
                reader.feed(ByteBuffer.wrap(piece), trial);
            }
            reader.end(trial);

            assertThat(stream.chunks()).isEqualTo(3);
            assertThat(stream.outputTokens()).isEqualTo(5);
            assertThat(stream.hasEnded()).isTrue();
            assertThat(stream.malformed()).isNull();
        }
    }

    @Test
    void takesAChunksTokensFromARunningUsage() {
        Answer stream = read(counted("a", 1) + counted("bcd", 4) + counted("e", 5) + "data: [DONE]\n\n");

        assertThat(stream.chunkTokens()).containsExactly(1, 3, 1);
        assertThat(stream.outputTokens()).isEqualTo(5);
    }

    @Test
    void doesNotCreditTheLastChunkWithATotalThatComesOnlyThere() {
        Answer stream = read(text("a") + text("b") + counted("c", 9) + "data: [DONE]\n\n");

        assertThat(stream.chunkTokens()).containsExactly(1, 1, 1);
        assertThat(stream.outputTokens()).isEqualTo(9);
    }

    @Test
    void keepsCountsAbsentWhenTheServerGivesNone() {
        Answer stream = read(text("a") + "data: [DONE]\n\n");

        assertThat(stream.promptTokens()).isEqualTo(-1);
        assertThat(stream.outputTokens()).isEqualTo(-1);
    }

    @Test
    void ignoresCountsThatAreNoCounts() {
        Answer stream = read("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-7,"
                + "\"completion_tokens\":99999999999}}\n\ndata: [DONE]\n\n");

        assertThat(stream.promptTokens()).isEqualTo(-1);
        assertThat(stream.outputTokens()).isEqualTo(-1);
    }

    @Test
    void reportsAnErrorObjectInsideTheStream() {
        Answer stream = read(text("a") + "data: {\"error\":{\"message\":\"out of\\nmemory\"}}\n\n");

        assertThat(stream.serverError()).isEqualTo("out of memory");
    }

    @Test
    void reportsAnEventNamedErrorWhateverItCarries() {
        assertThat(read("event: error\ndata: {\"message\":\"slot lost\"}\n\n").serverError())
                .isEqualTo("slot lost");
        assertThat(read("event: error\ndata: plain words\n\n").serverError()).isNotNull();
    }

    @Test
    void callsBrokenJsonMalformedAndReadsNoFurther() {
        Answer stream = read(text("a") + "data: {\"choices\":[{\"text\":\n\n" + text("b"));

        assertThat(stream.malformed()).startsWith("not a JSON object: {\"choices\"");
        assertThat(stream.chunks()).isEqualTo(1);
    }

    @Test
    void bytesThatLookLikeAnotherEncodingAreMalformed() {
        Answer stream = new Answer(false);
        Protocol.Reader reader = new EventStreamReader(stream);
        byte[] head = "data: ".getBytes(StandardCharsets.US_ASCII);
        byte[] weird = {0, 0, (byte) 0xFF, (byte) 0xFE, '{', '}', '\n', '\n'};
        reader.feed(ByteBuffer.wrap(head), 1);
        reader.feed(ByteBuffer.wrap(weird), 1);
        reader.end(1);

        assertThat(stream.malformed()).startsWith("not a JSON object");
    }

    @Test
    void callsAnAnswerWithoutEventsMalformed() {
        assertThat(read("{\"choices\":[{\"text\":\"not streamed\"}]}").malformed())
                .isEqualTo("the answer is not an event stream");
    }

    @Test
    void ignoresWhatFollowsTheEndMark() {
        Answer stream = read(text("a") + "data: [DONE]\n\n" + text("b") + "data: junk\n\n");

        assertThat(stream.chunks()).isEqualTo(1);
        assertThat(stream.malformed()).isNull();
    }

    @Test
    void endsWithoutAnEndMarkWhereTheServerSaidThatItHadFinished() {
        Answer stream = new Answer(false);
        Protocol.Reader reader = new EventStreamReader(stream);
        reader.feed(StandardCharsets.UTF_8.encode(text("a") + finished("stop")), 1_010);
        assertThat(stream.hasEnded()).isFalse();
        reader.end(1_020);

        assertThat(stream.hasEnded()).isTrue();
        assertThat(stream.endNanos()).isEqualTo(1_010);
        assertThat(read(text("a")).hasEnded()).isFalse();
    }

    @Test
    void callsAnAnswerThatTheServerGaveUpAnErrorOfTheServer() {
        assertThat(read(text("a") + finished("abort") + "data: [DONE]\n\n").serverError())
                .isEqualTo("the server gave the answer up: finish_reason is abort");
        assertThat(read(text("a") + finished("length")).serverError()).isNull();
    }

    private static String finished(String reason) {
        return "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"" + reason + "\"}]}\n\n";
    }

    @Test
    void findsTheTextOfCompletionsAndOfChatWhereItIsKept() {
        Answer answer = new Answer(true);
        Protocol.Reader reader = new EventStreamReader(answer);
        reader.feed(
                StandardCharsets.UTF_8.encode(text("caf\u00e9 ")
                        + "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"
                        + "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"unsaid\"}}]}\n\n"
                        + "data: {\"choices\":[{\"delta\":{\"content\":\"said\"}}]}\n\ndata: [DONE]\n\n"),
                1);

        assertThat(answer.text()).isEqualTo("caf\u00e9 said");
        assertThat(answer.chunks()).isEqualTo(3);
    }

    private static Answer read(String bytes) {
        Answer stream = new Answer(false);
        Protocol.Reader reader = new EventStreamReader(stream);
        reader.feed(StandardCharsets.UTF_8.encode(bytes), 1);
        reader.end(1);
        return stream;
    }

    private static String text(String text) {
        return "data: {\"choices\":[{\"index\":0,\"text\":\"" + text
                + "\",\"finish_reason\":null}],\"usage\":null}\n\n";
    }

    private static String counted(String text, int soFar) {
        return "data: {\"choices\":[{\"text\":\"" + text + "\"}],\"usage\":{\"completion_tokens\":" + soFar + "}}\n\n";
    }

    @Test
    void keepsWhatAModelThinksApartFromWhatItSays() {
        Answer stream = new Answer(true);
        Protocol.Reader reader = new EventStreamReader(stream);
        String thoughts = """
                data: {"choices":[{"delta":{"reasoning_content":"Let "}}]}

                data: {"choices":[{"delta":{"reasoning":"me","reasoning_content":"me"}}]}

                data: {"choices":[{"delta":{"reasoning":" see"}}]}

                data: {"choices":[{"delta":{"content":"4"}}]}

                """;
        reader.feed(StandardCharsets.UTF_8.encode(thoughts), 1);

        assertThat(stream.chunks()).isEqualTo(4);
        assertThat(stream.reasoning()).isEqualTo("Let me see");
        assertThat(stream.text()).isEqualTo("4");
    }
}
