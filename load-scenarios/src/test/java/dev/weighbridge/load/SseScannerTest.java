package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseScannerTest {
    private static final String MIXED = "\uFEFF: a comment\ndata: first\n\n"
            + "data:no space\r\n\r\nid: 7\rdata: caf\u00e9 \uD83D\uDE00\r\r"
            + "event: error\ndata: boom\n\nretry: 10\n: ping\n\ndata: one\ndata:\ndata:  two\n\n"
            + "data\n\ndata: {\"text\":\"a:b\"}\n\nnonsense\ndata: [DONE]\n\n";
    private static final List<String> MIXED_EVENTS = List.of(
            "first", "no space", "caf\u00e9 \uD83D\uDE00", "!boom", "one\n\n two", "", "{\"text\":\"a:b\"}", "[DONE]");

    @Test
    void readsLinesEndingByAnyOfTheThreeMarks() {
        assertThat(events(Cuts.pieces(MIXED, new Random(1), 1 << 20))).isEqualTo(MIXED_EVENTS);
    }

    @Test
    void givesTheSameEventsHoweverTheBytesAreCut() {
        Random random = new Random(42);
        for (int trial = 0; trial < 3_000; trial++) {
            List<byte[]> pieces = Cuts.pieces(MIXED, random, 1 + random.nextInt(trial % 3 == 0 ? 3 : 40));
            assertThat(events(pieces)).isEqualTo(MIXED_EVENTS);
        }
    }

    @Test
    void givesTheSameEventsForRandomTextHoweverItIsCut() {
        Random random = new Random(7);
        String[] parts = {"data", ":", " ", "\n", "\r", "\r\n", "x", "event: error", "\u00fc", "id:", "data: y\n\n"};
        for (int trial = 0; trial < 2_000; trial++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            List<String> whole = events(List.of(text.toString().getBytes(StandardCharsets.UTF_8)));
            assertThat(events(Cuts.pieces(text.toString(), random, 4)))
                    .as(text.toString())
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"data: [DONE]", "data: [DONE]\n", "data: [DONE]\r\n", "data: x\n\ndata: [DONE]"})
    void handsOverALastEventWithoutItsBlankLine(String text) {
        assertThat(events(List.of(text.getBytes(StandardCharsets.UTF_8)))).endsWith("[DONE]");
    }

    @Test
    void countsLinesThatAreNoFields() {
        SseScanner scanner = new SseScanner((bytes, offset, length, error) -> {});

        scanner.feed(StandardCharsets.UTF_8.encode("{\"id\": 1}\n<html>\ndata: x\n: y\nid\n"));

        assertThat(scanner.foreignLines()).isEqualTo(2);
    }

    @Test
    void stopsAtALineThatNeverEnds() {
        List<String> seen = new ArrayList<>();
        SseScanner scanner = scanner(seen);
        byte[] filling = new byte[100_000];
        Arrays.fill(filling, (byte) 'x');

        scanner.feed(StandardCharsets.UTF_8.encode("data: "));
        for (int fed = 0; fed <= SseScanner.MAX_EVENT_BYTES; fed += filling.length) {
            scanner.feed(ByteBuffer.wrap(filling));
        }
        scanner.feed(StandardCharsets.UTF_8.encode("\n\ndata: later\n\n"));
        scanner.end();

        assertThat(scanner.overlong()).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void stopsAtAnEventOfTooManyLines() {
        List<String> seen = new ArrayList<>();
        SseScanner scanner = scanner(seen);
        byte[] line = ("data: " + "x".repeat(60_000) + "\n").getBytes(StandardCharsets.UTF_8);

        for (int fed = 0; fed <= SseScanner.MAX_EVENT_BYTES; fed += line.length - "data: ".length()) {
            scanner.feed(ByteBuffer.wrap(line));
        }

        assertThat(scanner.overlong()).isTrue();
        assertThat(seen).isEmpty();
    }

    @Test
    void readsAnEventOfNearlyTheLongestLength() {
        List<String> seen = new ArrayList<>();
        SseScanner scanner = scanner(seen);
        String data = "y".repeat(SseScanner.MAX_EVENT_BYTES - 100);

        for (byte[] piece : Cuts.pieces("data: " + data + "\n\n", new Random(3), 50_000)) {
            scanner.feed(ByteBuffer.wrap(piece));
        }

        assertThat(seen).containsExactly(data);
    }

    private static List<String> events(List<byte[]> pieces) {
        List<String> seen = new ArrayList<>();
        SseScanner scanner = scanner(seen);
        for (byte[] piece : pieces) {
            scanner.feed(ByteBuffer.wrap(piece));
        }
        scanner.end();
        return seen;
    }

    private static SseScanner scanner(List<String> seen) {
        return new SseScanner((bytes, offset, length, error) ->
                seen.add((error ? "!" : "") + new String(bytes, offset, length, StandardCharsets.UTF_8)));
    }
}
