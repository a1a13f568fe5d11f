package dev.weighbridge.load;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Cuts a byte stream into server-sent events by the rules of the WHATWG HTML standard, section 9.2 "Server-sent
 * events": lines end by LF, CR or CRLF; {@code data} lines of one event are joined by LF; a blank line dispatches the
 * event; comments and unknown fields are skipped. Bytes may be cut anywhere. Where the standard drops a last event
 * without its blank line, {@link #end} still hands it over, since servers do leave that line out after the end mark.
 *
 * <p>One stream, one thread at a time.
 */
public final class SseScanner {
    /**
     * The longest line and the longest event, in bytes: a healthy server sends over a megabyte where the last event carries a long
     * answer's log-probabilities. A buffer grows with what comes, so that others pay nothing for it.
     */
    public static final int MAX_EVENT_BYTES = 16 << 20;

    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};
    private static final byte[] ERROR = {'e', 'r', 'r', 'o', 'r'};
    private static final byte[] ID = {'i', 'd'};
    private static final byte[] RETRY = {'r', 'e', 't', 'r', 'y'};

    /** Takes each event while the bytes are still in the scanner's own buffer; they are valid only during the call. */
    @FunctionalInterface
    public interface Events {
        /**
         * Takes one event.
         *
         * @param named whether the event was sent under the name {@code error}
         */
        void event(byte[] bytes, int offset, int length, boolean named);
    }

    private final Events events;
    private byte[] buffer = new byte[1024];
    private int length;
    private int lineStart;
    private boolean skipLineFeed;
    private boolean firstLine = true;
    private boolean overlong;
    private boolean errorName;
    private int foreignLines;

    // Data of the event so far: a range of the buffer while it is one line (the usual case), else in joined.
    private int dataLines;
    private int dataStart;
    private int dataLength;
    private byte[] joined = new byte[0];
    private boolean dataInJoined;

    public SseScanner(Events events) {
        this.events = events;
    }

    /** Reads all remaining bytes of the chunk. */
    public void feed(ByteBuffer chunk) {
        int readable = chunk.remaining();
        if (overlong || readable == 0) {
            return;
        }
        reserve(readable);
        chunk.get(buffer, length, readable);
        int from = length;
        length += readable;
        scan(from);
        compact();
    }

    /** Hands over what the stream left without a closing blank line. */
    public void end() {
        if (overlong) {
            return;
        }
        if (length > lineStart) {
            line(lineStart, length);
        }
        lineStart = 0;
        length = 0;
        dispatch();
    }

    /** Whether a line or an event was longer than {@link #MAX_EVENT_BYTES}; nothing after it was read. */
    public boolean overlong() {
        return overlong;
    }

    /** Lines that are neither a field of the standard nor a comment. */
    public int foreignLines() {
        return foreignLines;
    }

    private void scan(int from) {
        for (int i = from; i < length && !overlong; i++) {
            byte b = buffer[i];
            if (b == '\n' && skipLineFeed) {
                skipLineFeed = false;
                lineStart = i + 1;
                continue;
            }
            skipLineFeed = false;
            if (b == '\n' || b == '\r') {
                line(lineStart, i);
                lineStart = i + 1;
                skipLineFeed = b == '\r';
            }
        }
    }

    private void line(int start, int end) {
        if (end - start > MAX_EVENT_BYTES) {
            overlong = true;
            return;
        }
        if (firstLine) {
            firstLine = false;
            start = afterByteOrderMark(start, end);
        }
        if (start == end) {
            dispatch();
            return;
        }
        if (buffer[start] == ':') {
            return;
        }
        int colon = start;
        while (colon < end && buffer[colon] != ':') {
            colon++;
        }
        int value = Math.min(end, colon + 1);
        if (value < end && buffer[value] == ' ') {
            value++;
        }
        if (equal(DATA, start, colon)) {
            data(value, end);
        } else if (equal(EVENT, start, colon)) {
            errorName = equal(ERROR, value, end);
        } else if (!equal(ID, start, colon) && !equal(RETRY, start, colon)) {
            foreignLines++;
        }
    }

    private int afterByteOrderMark(int start, int end) {
        boolean marked = end - start >= 3
                && buffer[start] == (byte) 0xEF
                && buffer[start + 1] == (byte) 0xBB
                && buffer[start + 2] == (byte) 0xBF;
        return marked ? start + 3 : start;
    }

    private void data(int start, int end) {
        if (dataLines == 0) {
            dataStart = start;
            dataLength = end - start;
            dataInJoined = false;
        } else {
            if (dataLength + 1 + end - start > MAX_EVENT_BYTES) {
                overlong = true;
                return;
            }
            moveDataToJoined(1 + end - start);
            joined[dataLength] = '\n';
            System.arraycopy(buffer, start, joined, dataLength + 1, end - start);
            dataLength += 1 + end - start;
        }
        dataLines++;
    }

    private void dispatch() {
        if (dataLines > 0) {
            dataLines = 0;
            if (dataInJoined) {
                events.event(joined, 0, dataLength, errorName);
            } else {
                events.event(buffer, dataStart, dataLength, errorName);
            }
        }
        errorName = false;
    }

    /** Drops what was read, so that the buffer never holds more than one chunk and one partial line. */
    private void compact() {
        if (overlong) {
            return;
        }
        if (dataLines > 0) {
            moveDataToJoined(0);
        }
        int rest = length - lineStart;
        if (rest > MAX_EVENT_BYTES) {
            overlong = true;
            return;
        }
        if (lineStart > 0) {
            System.arraycopy(buffer, lineStart, buffer, 0, rest);
            length = rest;
            lineStart = 0;
        }
    }

    private void moveDataToJoined(int extra) {
        byte[] source = dataInJoined ? joined : buffer;
        int from = dataInJoined ? 0 : dataStart;
        if (joined.length < dataLength + extra) {
            byte[] grown = new byte[Math.max(256, (dataLength + extra) * 2)];
            System.arraycopy(source, from, grown, 0, dataLength);
            joined = grown;
        } else if (!dataInJoined) {
            System.arraycopy(source, from, joined, 0, dataLength);
        }
        dataInJoined = true;
    }

    private void reserve(int extra) {
        if (buffer.length < length + extra) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, length + extra));
        }
    }

    private boolean equal(byte[] name, int start, int end) {
        return Arrays.equals(name, 0, name.length, buffer, start, end);
    }
}
