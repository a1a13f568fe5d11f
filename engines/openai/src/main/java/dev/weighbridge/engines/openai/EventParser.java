package dev.weighbridge.engines.openai;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Splits a stream of server-sent events into their data, as the HTML standard's section "Interpreting an event stream"
 * defines it; fields other than {@code data} are ignored. Lines may end with LF, CR or CRLF and may be cut anywhere between
 * two calls.
 */
final class EventParser {
    private final int maximumBytes;
    private final Consumer<String> events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final StringBuilder data = new StringBuilder();
    private boolean hasData;
    private boolean afterReturn;

    /**
     * @param maximumBytes longest line, and most characters of one event
     * @param events hears the data of each event in order
     */
    EventParser(int maximumBytes, Consumer<String> events) {
        this.maximumBytes = maximumBytes;
        this.events = events;
    }

    /**
     * Takes the next bytes of the stream.
     *
     * @throws IllegalStateException when a line or an event is longer than the bound
     */
    void accept(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = next == '\r';
            if (next == '\n' || next == '\r') {
                endLine();
            } else {
                if (line.size() >= maximumBytes) {
                    throw tooLong("line");
                }
                line.write(next);
            }
        }
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isEmpty()) {
            if (hasData) {
                String event = data.toString();
                data.setLength(0);
                hasData = false;
                events.accept(event);
            }
            return;
        }
        if (!text.startsWith("data:") && !text.equals("data")) {
            return;
        }
        String value = text.length() <= 5 ? "" : text.substring(text.charAt(5) == ' ' ? 6 : 5);
        if (data.length() + value.length() > maximumBytes) {
            throw tooLong("event");
        }
        if (hasData) {
            data.append('\n');
        }
        data.append(value);
        hasData = true;
    }

    private IllegalStateException tooLong(String what) {
        return new IllegalStateException(
                "the server sent a " + what + " of more than " + maximumBytes + " bytes in an event stream");
    }
}
