package dev.weighbridge.datasets.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.apache.parquet.schema.PrimitiveType;

/**
 * Walks over encoded numbers to know what decoding them will take, before the library allocates what they claim (Parquet format,
 * "Encodings": RLE / bit-packing hybrid, and delta).
 */
final class Runs {
    private static final int GROUP = 8;
    private static final int LARGEST_BLOCK = 1 << 16;

    private Runs() {}

    /**
     * Bytes that the library takes at most for the packed runs of a hybrid.
     *
     * @param bytes of the hybrid alone, after its length
     * @param width of a number in bits
     * @throws IOException when a run claims more than the bytes hold
     */
    static long hybrid(ByteBuffer bytes, int width) throws IOException {
        if (width < 0 || width > 32) {
            throw new IOException("numbers of " + width + " bits are claimed");
        }
        ByteBuffer rest = bytes.duplicate();
        long most = 0;
        while (rest.hasRemaining()) {
            long head = varint(rest);
            if ((head & 1) == 0) {
                skip(rest, (width + 7) / 8);
                continue;
            }
            long groups = head >>> 1;
            // Writers may leave out what pads the last group.
            if (groups > 1 && (groups - 1) * Math.max(width, 1) > rest.remaining()) {
                throw new IOException(
                        "a run of " + groups + " groups is claimed, and " + rest.remaining() + " bytes are left");
            }
            most = Math.max(most, groups * (GROUP * Integer.BYTES + width));
            rest.position(rest.position() + (int) Math.min(groups * width, rest.remaining()));
        }
        return most;
    }

    /**
     * Bytes that the library takes for delta-encoded numbers.
     *
     * @param most numbers that the page has
     * @throws IOException when more are claimed
     */
    static long delta(ByteBuffer bytes, int most) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        long block = varint(rest);
        long parts = varint(rest);
        long total = varint(rest);
        if (block > LARGEST_BLOCK || parts > block || total > most) {
            throw new IOException("delta-encoded numbers claim blocks of " + block + " in " + parts + " parts, " + total
                    + " in all; the page has " + most + " values");
        }
        return (total + 2 * block) * Long.BYTES;
    }

    /**
     * Bytes that texts take which each say how many bytes they share with the one before: all of them, written out.
     *
     * @param most texts that the page has
     * @throws IOException when more are claimed, or one shares more than the text before has
     */
    static long deltaStrings(ByteBuffer bytes, int most) throws IOException {
        long taken = delta(bytes, most);
        int count = (int) total(bytes);
        ByteBufferInputStream in = ByteBufferInputStream.wrap(bytes.duplicate());
        int[] shared = numbers(in, count, most);
        ByteBuffer rest = in.slice(in.available());
        taken += delta(rest, most);
        if (total(rest) != count) {
            throw new IOException("a page claims " + count + " beginnings and " + total(rest) + " ends of texts");
        }
        int[] own = numbers(ByteBufferInputStream.wrap(rest.duplicate()), count, most);
        long before = 0;
        for (int i = 0; i < count; i++) {
            if (shared[i] < 0 || own[i] < 0 || shared[i] > before) {
                throw new IOException("a text claims to share " + shared[i] + " bytes with one of " + before
                        + ", and to have " + own[i] + " of its own");
            }
            before = (long) shared[i] + own[i];
            taken += before;
        }
        return taken;
    }

    private static int[] numbers(ByteBufferInputStream in, int count, int most) throws IOException {
        DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
        reader.initFromPage(most, in);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = reader.readInteger();
        }
        return numbers;
    }

    /** How many delta-encoded numbers there are. */
    private static long total(ByteBuffer bytes) throws IOException {
        ByteBuffer rest = bytes.duplicate();
        varint(rest);
        varint(rest);
        return varint(rest);
    }

    /**
     * Looks whether plain values are all there: the library makes those of a dictionary without looking where it ends.
     *
     * @throws IOException when they are not
     */
    static void plain(ByteBuffer bytes, PrimitiveType type, int count) throws IOException {
        ByteBuffer rest = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int length = switch (type.getPrimitiveTypeName()) {
                case BOOLEAN -> 1;
                case INT32, FLOAT -> 4;
                case INT64, DOUBLE -> 8;
                case INT96 -> 12;
                case FIXED_LEN_BYTE_ARRAY -> type.getTypeLength();
                case BINARY -> rest.remaining() < 4 ? -1 : rest.getInt();
            };
            if (length < 0) {
                throw new IOException("a value of " + length + " bytes is claimed in a dictionary");
            }
            skip(rest, length);
        }
    }

    private static long varint(ByteBuffer bytes) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 35 && bytes.hasRemaining(); shift += 7) {
            int b = bytes.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value & 0xffffffffL;
            }
        }
        throw new IOException("a number in a page is cut or too long");
    }

    private static void skip(ByteBuffer bytes, int count) throws IOException {
        if (count > bytes.remaining()) {
            throw new IOException("a run or value in a page is cut");
        }
        bytes.position(bytes.position() + count);
    }
}
