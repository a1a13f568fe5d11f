package dev.weighbridge.datasets.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks over a struct in Thrift's compact protocol (Thrift, "Thrift compact protocol encoding") without keeping anything, to know
 * that it is whole and of bearable size before the library makes objects of it: that one allocates lists by the length they
 * claim.
 */
final class ThriftCheck {
    private static final int DEEPEST = 40;
    private static final int MOST_VALUES = 2_000_000;
    private static final int STOP = 0;
    private static final int MASK = 15;

    private final ByteBuffer bytes;
    private int values;

    private ThriftCheck(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** The struct goes on beyond the bytes that are there. */
    static final class CutException extends IOException {
        private static final long serialVersionUID = 1L;

        CutException() {
            super("it ends in the middle of its metadata");
        }
    }

    /**
     * Walks over the struct that begins at the buffer's position.
     *
     * @return its length in bytes
     * @throws CutException when it does not end within the buffer
     * @throws IOException when it is no struct, or larger than is read
     */
    static int length(ByteBuffer buffer) throws IOException {
        ThriftCheck check = new ThriftCheck(buffer.duplicate());
        check.struct(0);
        return check.bytes.position() - buffer.position();
    }

    private void struct(int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new IOException("its metadata is nested deeper than " + DEEPEST);
        }
        for (int head = next(); head != STOP; head = next()) {
            if (head >> 4 == 0) {
                varint();
            }
            value(head & MASK, depth, false);
        }
    }

    private void value(int type, int depth, boolean inList) throws IOException {
        if (++values > MOST_VALUES) {
            throw new IOException("its metadata has more than " + MOST_VALUES + " values");
        }
        switch (type) {
            // A truth within a struct is in the field's type.
            case 1, 2 -> skip(inList ? 1 : 0);
            case 3 -> skip(1);
            case 4, 5, 6 -> varint();
            case 7 -> skip(8);
            case 8 -> skip(varint());
            case 9, 10 -> list(depth);
            case 11 -> map(depth);
            case 12 -> struct(depth + 1);
            case 13 -> skip(16);
            default -> throw new IOException("its metadata has a value of unknown type " + type);
        }
    }

    private void list(int depth) throws IOException {
        int head = next();
        long size = head >> 4 == MASK ? varint() : head >> 4;
        elements(size, 1, head & MASK, head & MASK, depth);
    }

    private void map(int depth) throws IOException {
        long size = varint();
        if (size > 0) {
            int types = next();
            elements(size, 2, types >> 4, types & MASK, depth);
        }
    }

    private void elements(long size, int each, int type, int other, int depth) throws IOException {
        // Each takes a byte at least.
        if (size > bytes.remaining()) {
            if (size > MOST_VALUES) {
                throw new IOException("its metadata claims a list of " + size + " elements");
            }
            throw new CutException();
        }
        if (depth >= DEEPEST) {
            throw new IOException("its metadata is nested deeper than " + DEEPEST);
        }
        for (long i = 0; i < size; i++) {
            value(type, depth + 1, true);
            if (each == 2) {
                value(other, depth + 1, true);
            }
        }
    }

    private int next() throws IOException {
        if (!bytes.hasRemaining()) {
            throw new CutException();
        }
        return bytes.get() & 0xff;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int b = next();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                return value;
            }
        }
        throw new IOException("its metadata has a number of more than ten bytes");
    }

    private void skip(long count) throws IOException {
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new IOException("its metadata claims a text of " + count + " bytes");
        }
        if (count > bytes.remaining()) {
            throw new CutException();
        }
        bytes.position(bytes.position() + (int) count);
    }
}
