package dev.weighbridge.datasets.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;

/**
 * What a Parquet file says of itself at its end (Parquet format, "File format").
 *
 * @param schema of a row
 * @param groups of rows, in order
 * @param start of the footer, before which all pages are
 */
record Footer(Schema schema, List<RowGroup> groups, long start) {
    private static final String MAGIC = "PAR1";
    private static final String ENCRYPTED = "PARE";
    private static final int TAIL = 8;
    private static final int LARGEST = 16 << 20;

    /**
     * Reads it.
     *
     * @throws IOException when the file is no Parquet file, is cut, or its footer is not bearable
     */
    static Footer read(FileChannel file) throws IOException {
        long size = file.size();
        if (size < TAIL + MAGIC.length()) {
            throw new IOException("it has " + size + " bytes, fewer than any Parquet file");
        }
        ByteBuffer tail = bytes(file, size - TAIL, TAIL).order(ByteOrder.LITTLE_ENDIAN);
        int length = tail.getInt();
        String magic = StandardCharsets.ISO_8859_1.decode(tail).toString();
        String head = StandardCharsets.ISO_8859_1
                .decode(bytes(file, 0, MAGIC.length()))
                .toString();
        if (magic.equals(ENCRYPTED) || head.equals(ENCRYPTED)) {
            throw new IOException("it is encrypted, which is not read");
        }
        if (!head.equals(MAGIC)) {
            throw new IOException("it does not begin with PAR1 as a Parquet file does");
        }
        if (!magic.equals(MAGIC)) {
            throw new IOException("it does not end with PAR1 as a Parquet file does. It may be cut: fetch it again");
        }
        long start = size - TAIL - length;
        if (length < 0 || length > LARGEST || start < MAGIC.length()) {
            throw new IOException("its footer claims " + (length & 0xffffffffL) + " bytes; at most " + LARGEST
                    + " are read, and the file has " + size);
        }
        byte[] bytes = bytes(file, start, length).array();
        FileMetaData metadata = new FileMetaData();
        BoundedThrift.read(metadata, bytes, length, length);
        return new Footer(Schema.of(metadata.getSchema()), metadata.getRow_groups(), start);
    }

    private static ByteBuffer bytes(FileChannel file, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException("the file ends early");
            }
        }
        return buffer.flip();
    }
}
