package dev.weighbridge.load.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.Answer;
import dev.weighbridge.api.load.Protocol;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams that no server should send: whatever comes, the reader ends with one set of facts, the same however the bytes are cut. */
class EventStreamFuzzTest {
    private static final int CASES = 100_000;
    private static final int LONGEST_DETAIL = 1_000;
    private static final byte[] GOOD = String.join(
                    "\n\n",
                    "data: {\"choices\":[{\"index\":0,\"text\":\"caf\u00e9\",\"finish_reason\":null}]}",
                    ": ping\r\n\r",
                    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}",
                    "data: {\"choices\":[{\"delta\":{\"content\":\"\uD83D\uDE00\\n\"}}],\"usage\":{\"completion_tokens\":3}}",
                    "event: message\ndata: {\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}",
                    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":5}}",
                    "data: [DONE]",
                    "")
            .getBytes(StandardCharsets.UTF_8);
    private static final byte[][] SPLINTERS = {
        "data: ".getBytes(StandardCharsets.US_ASCII),
        "\n\n".getBytes(StandardCharsets.US_ASCII),
        "\r".getBytes(StandardCharsets.US_ASCII),
        "event: error\n".getBytes(StandardCharsets.US_ASCII),
        "{\"error\":{\"message\":\"gone\"}}".getBytes(StandardCharsets.US_ASCII),
        "[DONE]".getBytes(StandardCharsets.US_ASCII),
        "\"usage\":{\"completion_tokens\":-99999999999999}".getBytes(StandardCharsets.US_ASCII),
        {(byte) 0xF0, (byte) 0x9F},
        {0, (byte) 0xFF, (byte) 0xFE},
        "}}]]".getBytes(StandardCharsets.US_ASCII),
        "\\\"".getBytes(StandardCharsets.US_ASCII)
    };

    @Test
    void whateverComesHasOneOutcomeHoweverItIsCut() {
        Random random = new Random(20_261_126);
        for (int number = 0; number < CASES; number++) {
            byte[] stream = spoilt(random);
            Answer whole = read(stream, stream.length, random);
            Answer cut = read(stream, 1 + random.nextInt(50), random);
            String told = "case " + number + ": " + new String(stream, StandardCharsets.ISO_8859_1);
            assertThat(facts(cut)).as(told).isEqualTo(facts(whole));
            assertThat(whole.chunks()).as(told).isBetween(0, stream.length);
            assertThat(whole.outputTokens()).as(told).isGreaterThanOrEqualTo(-1);
            assertThat(Arrays.stream(whole.chunkTokens()).allMatch(tokens -> tokens >= 1))
                    .as(told)
                    .isTrue();
            assertThat(length(whole.malformed()) + length(whole.serverError()))
                    .as(told)
                    .isLessThan(LONGEST_DETAIL);
        }
    }

    private static int length(@org.jspecify.annotations.Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static String facts(Answer answer) {
        return answer.chunks() + " " + Arrays.toString(answer.chunkTokens()) + " " + answer.outputTokens() + " "
                + answer.promptTokens() + " " + answer.hasEnded() + " " + answer.malformed() + " "
                + answer.serverError() + " " + answer.text();
    }

    /** A good stream with one to six faults. */
    private static byte[] spoilt(Random random) {
        byte[] stream = GOOD;
        for (int fault = random.nextInt(6); fault >= 0 && stream.length > 0; fault--) {
            int at = random.nextInt(stream.length);
            int length = Math.min(stream.length - at, 1 + random.nextInt(30));
            switch (random.nextInt(5)) {
                case 0 -> stream = spliced(stream, at, at + length, new byte[0]);
                case 1 -> stream = spliced(stream, at, at, SPLINTERS[random.nextInt(SPLINTERS.length)]);
                case 2 -> stream = spliced(stream, at, at, Arrays.copyOfRange(stream, at, at + length));
                case 3 -> stream = Arrays.copyOf(stream, at);
                default -> stream = spliced(stream, at, at + 1, new byte[] {(byte) random.nextInt(256)});
            }
        }
        return stream;
    }

    private static byte[] spliced(byte[] stream, int from, int to, byte[] between) {
        byte[] spliced = Arrays.copyOf(stream, stream.length - (to - from) + between.length);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(stream, to, spliced, from + between.length, stream.length - to);
        return spliced;
    }

    private static Answer read(byte[] stream, int longest, Random random) {
        Answer answer = new Answer(true);
        Protocol.Reader reader = new EventStreamReader(answer);
        for (int from = 0; from < stream.length; ) {
            int to = Math.min(stream.length, from + (longest == stream.length ? longest : 1 + random.nextInt(longest)));
            reader.feed(ByteBuffer.wrap(stream, from, to - from), 1);
            from = to;
        }
        reader.end(1);
        return answer;
    }
}
