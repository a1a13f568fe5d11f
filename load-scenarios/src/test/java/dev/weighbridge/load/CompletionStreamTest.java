package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompletionStreamTest {
    private static final String WHOLE = text("Hel") + text("lo") + text("") + ": ping\n\n" + text("!")
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5}}\n\n" + "data: [DONE]\n\n";

    @Test
    void takesChunksWithOutputAndTheServersCounts() {
        CompletionStream stream = read(WHOLE);

        assertThat(stream.chunks()).isEqualTo(3);
        assertThat(stream.chunkTokens()).containsExactly(1, 1, 1);
        assertThat(stream.promptTokens()).isEqualTo(9);
        assertThat(stream.outputTokens()).isEqualTo(5);
        assertThat(stream.ended()).isTrue();
        assertThat(stream.malformed()).isNull();
        assertThat(stream.serverError()).isNull();
    }

    @Test
    void stampsEachChunkWithTheReadThatFinishedIt() {
        CompletionStream stream = new CompletionStream();
        String first = text("a");
        stream.feed(Unpooled.copiedBuffer(first.substring(0, 20), StandardCharsets.UTF_8), 1_010);
        stream.feed(Unpooled.copiedBuffer(first.substring(20) + text("b"), StandardCharsets.UTF_8), 1_020);
        stream.feed(Unpooled.copiedBuffer(text("c") + "data: [DONE]\n\n", StandardCharsets.UTF_8), 1_030);

        assertThat(stream.chunkNanosSince(1_000)).containsExactly(20, 20, 30);
        assertThat(stream.firstChunkNanos()).isEqualTo(1_020);
        assertThat(stream.endMarkNanos()).isEqualTo(1_030);
    }

    @Test
    void readsTheSameFactsHoweverTheBytesAreCut() {
        Random random = new Random(5);
        for (int trial = 0; trial < 1_000; trial++) {
            CompletionStream stream = new CompletionStream();
            for (byte[] piece : SseScannerTest.pieces(WHOLE, random, 1 + random.nextInt(60))) {
                stream.feed(Unpooled.wrappedBuffer(piece), trial);
            }
            stream.end();

            assertThat(stream.chunks()).isEqualTo(3);
            assertThat(stream.outputTokens()).isEqualTo(5);
            assertThat(stream.ended()).isTrue();
            assertThat(stream.malformed()).isNull();
        }
    }

    @Test
    void takesAChunksTokensFromARunningUsage() {
        CompletionStream stream = read(counted("a", 1) + counted("bcd", 4) + counted("e", 5) + "data: [DONE]\n\n");

        assertThat(stream.chunkTokens()).containsExactly(1, 3, 1);
        assertThat(stream.outputTokens()).isEqualTo(5);
    }

    @Test
    void doesNotCreditTheLastChunkWithATotalThatComesOnlyThere() {
        CompletionStream stream = read(text("a") + text("b") + counted("c", 9) + "data: [DONE]\n\n");

        assertThat(stream.chunkTokens()).containsExactly(1, 1, 1);
        assertThat(stream.outputTokens()).isEqualTo(9);
    }

    @Test
    void keepsCountsAbsentWhenTheServerGivesNone() {
        CompletionStream stream = read(text("a") + "data: [DONE]\n\n");

        assertThat(stream.promptTokens()).isEqualTo(-1);
        assertThat(stream.outputTokens()).isEqualTo(-1);
    }

    @Test
    void ignoresCountsThatAreNoCounts() {
        CompletionStream stream = read("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-7,"
                + "\"completion_tokens\":99999999999}}\n\ndata: [DONE]\n\n");

        assertThat(stream.promptTokens()).isEqualTo(-1);
        assertThat(stream.outputTokens()).isEqualTo(-1);
    }

    @Test
    void reportsAnErrorObjectInsideTheStream() {
        CompletionStream stream = read(text("a") + "data: {\"error\":{\"message\":\"out of\\nmemory\"}}\n\n");

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
        CompletionStream stream = read(text("a") + "data: {\"choices\":[{\"text\":\n\n" + text("b"));

        assertThat(stream.malformed()).startsWith("not a JSON object: {\"choices\"");
        assertThat(stream.chunks()).isEqualTo(1);
    }

    @Test
    void callsAnAnswerWithoutEventsMalformed() {
        assertThat(read("{\"choices\":[{\"text\":\"not streamed\"}]}").malformed())
                .isEqualTo("the answer is not an event stream");
    }

    @Test
    void ignoresWhatFollowsTheEndMark() {
        CompletionStream stream = read(text("a") + "data: [DONE]\n\n" + text("b") + "data: junk\n\n");

        assertThat(stream.chunks()).isEqualTo(1);
        assertThat(stream.malformed()).isNull();
    }

    private static CompletionStream read(String bytes) {
        CompletionStream stream = new CompletionStream();
        stream.feed(Unpooled.copiedBuffer(bytes, StandardCharsets.UTF_8), 1);
        stream.end();
        return stream;
    }

    private static String text(String text) {
        return "data: {\"choices\":[{\"index\":0,\"text\":\"" + text
                + "\",\"finish_reason\":null}],\"usage\":null}\n\n";
    }

    private static String counted(String text, int soFar) {
        return "data: {\"choices\":[{\"text\":\"" + text + "\"}],\"usage\":{\"completion_tokens\":" + soFar + "}}\n\n";
    }
}
