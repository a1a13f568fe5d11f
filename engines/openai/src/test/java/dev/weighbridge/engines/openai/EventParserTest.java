package dev.weighbridge.engines.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventParserTest {
    @Test
    void eventsEndAtEmptyLinesWhateverTheLineEnds() {
        assertThat(parse("data: one\n\ndata: two\r\n\r\ndata:three\r\rdata: open"))
                .containsExactly("one", "two", "three");
    }

    @Test
    void dataLinesOfOneEventAreJoined() {
        assertThat(parse("data: a\ndata\ndata: b\n\n")).containsExactly("a\n\nb");
    }

    @Test
    void commentsAndOtherFieldsAreIgnored() {
        assertThat(parse(": ping\n\nevent: x\nid: 7\ndata: a\nretry: 5\n\nevent: only\n\n"))
                .containsExactly("a");
    }

    @Test
    void bytesMayBeCutAnywhere() {
        byte[] bytes = "data: grüße 🌍\r\n\r\ndata: b\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            List<String> events = new ArrayList<>();
            EventParser parser = new EventParser(100, events::add);
            parser.accept(ByteBuffer.wrap(bytes, 0, cut));
            parser.accept(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            assertThat(events).as("cut at " + cut).containsExactly("grüße 🌍", "b");
        }
    }

    @Test
    void lineAndEventBeyondTheBoundAreRefused() {
        assertThatThrownBy(() -> parse("data: " + "x".repeat(100))).hasMessageContaining("100 bytes");
        assertThatThrownBy(() -> parse(("data: " + "x".repeat(60) + "\n").repeat(2)))
                .hasMessageContaining("100 bytes");
    }

    private static List<String> parse(String stream) {
        List<String> events = new ArrayList<>();
        new EventParser(100, events::add).accept(ByteBuffer.wrap(stream.getBytes(StandardCharsets.UTF_8)));
        return events;
    }
}
