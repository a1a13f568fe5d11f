package dev.weighbridge.datasets.parquet;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.jspecify.annotations.Nullable;

/** The pages of one column in one row group, read one by one from the file; no more than one and the dictionary are held. */
final class Chunk implements PageReader {
    private static final int FIRST_HEADER = 2 << 10;
    private static final int LARGEST_HEADER = 8 << 20;
    private static final int LENGTH = 4;

    private final FileChannel file;
    private final long end;
    private final ColumnDescriptor column;
    private final CompressionCodec codec;
    private final long values;
    private final Memory memory;
    private long position;
    private long valuesRead;
    private long held;
    private long heldByDictionary;
    private @Nullable DictionaryPage dictionary;
    private boolean begun;

    /**
     * Pages of a column.
     *
     * @param end of the pages of the file, in bytes from its start
     * @param metadata of the column in this row group
     */
    Chunk(FileChannel file, long end, ColumnDescriptor column, ColumnMetaData metadata, Memory memory)
            throws IOException {
        this.file = file;
        this.end = end;
        this.column = column;
        this.memory = memory;
        codec = metadata.getCodec();
        values = metadata.getNum_values();
        long first = metadata.getData_page_offset();
        long own = metadata.getDictionary_page_offset();
        // Some writers set 0 where there is no dictionary.
        position = metadata.isSetDictionary_page_offset() && own > 0 && own < first ? own : first;
        if (position < LENGTH || position > end || values < 0) {
            throw new IOException("column " + name() + " begins at byte " + position + " with " + values
                    + " values, and pages end at " + end);
        }
    }

    private String name() {
        return String.join(".", column.getPath());
    }

    @Override
    public long getTotalValueCount() {
        return values;
    }

    @Override
    public @Nullable DictionaryPage readDictionaryPage() {
        try {
            if (!begun && values > 0) {
                begun = true;
                long before = position;
                PageHeader header = header();
                if (header.getType() == PageType.DICTIONARY_PAGE) {
                    dictionary = dictionary(header);
                } else {
                    position = before;
                }
            }
            return dictionary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable DataPage readPage() {
        try {
            if (!begun) {
                readDictionaryPage();
            }
            while (valuesRead < values) {
                PageHeader header = header();
                if (header.getType() == PageType.DATA_PAGE && header.isSetData_page_header()) {
                    return page(header, header.getData_page_header());
                }
                if (header.getType() == PageType.DATA_PAGE_V2 && header.isSetData_page_header_v2()) {
                    return page(header, header.getData_page_header_v2());
                }
                // Of a kind that holds no values.
                position += size(header.getCompressed_page_size());
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PageHeader header() throws IOException {
        for (int window = FIRST_HEADER; ; window *= 8) {
            int count = (int) Math.min(window, end - position);
            byte[] bytes = bytes(position, count);
            PageHeader header = new PageHeader();
            try {
                position += BoundedThrift.read(header, bytes, count, LARGEST_HEADER);
                return header;
            } catch (BoundedThrift.CutException e) {
                if (count < window || window >= LARGEST_HEADER) {
                    throw new IOException(
                            "the header of a page of column " + name() + " is cut or longer than " + LARGEST_HEADER
                                    + " bytes",
                            e);
                }
            }
        }
    }

    private int size(int claimed) throws IOException {
        if (claimed < 0 || claimed > end - position) {
            throw new IOException("a page of column " + name() + " claims " + claimed + " bytes, and "
                    + (end - position) + " are left");
        }
        return claimed;
    }

    private byte[] bytes(long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException("the file ends within a page");
            }
        }
        return buffer.array();
    }

    /** The page as it is stored, once its checksum is right. */
    private byte[] stored(PageHeader header) throws IOException {
        int size = size(header.getCompressed_page_size());
        byte[] bytes = bytes(position, size);
        position += size;
        if (header.isSetCrc()) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            if ((int) crc.getValue() != header.getCrc()) {
                throw new IOException(String.format(
                        Locale.ROOT,
                        "a page of column %s has the CRC %08x where its header says %08x",
                        name(),
                        (int) crc.getValue(),
                        header.getCrc()));
            }
        }
        return bytes;
    }

    private DictionaryPage dictionary(PageHeader header) throws IOException {
        if (!header.isSetDictionary_page_header()) {
            throw new IOException("the dictionary of column " + name() + " has no header of its own");
        }
        int size = header.getUncompressed_page_size();
        int entries = header.getDictionary_page_header().getNum_values();
        if (size < 0 || entries < 0 || entries > size) {
            throw new IOException(
                    "the dictionary of column " + name() + " claims " + entries + " entries in " + size + " bytes");
        }
        // The bytes, the text made of them, and an object for each.
        long taken = 3L * size + size(header.getCompressed_page_size()) + 4L * Memory.EACH * entries;
        memory.exchange(heldByDictionary, taken);
        heldByDictionary = taken;
        byte[] bytes = Codec.decompress(codec, stored(header), size);
        Runs.plain(ByteBuffer.wrap(bytes), column.getPrimitiveType(), entries);
        return new DictionaryPage(
                BytesInput.from(bytes),
                entries,
                Encoding.valueOf(
                        header.getDictionary_page_header().getEncoding().name()));
    }

    private void begin(PageHeader header, int count) throws IOException {
        int size = header.getUncompressed_page_size();
        if (size < 0 || count < 0 || count > values - valuesRead) {
            throw new IOException("a page of column " + name() + " claims " + count + " values in " + size
                    + " bytes; the column has " + (values - valuesRead) + " more values");
        }
        long taken = 2L * size + size(header.getCompressed_page_size());
        memory.exchange(held, taken);
        held = taken;
        valuesRead += count;
    }

    private void alsoTake(long bytes) throws IOException {
        memory.exchange(held, held + bytes);
        held += bytes;
    }

    private DataPage page(PageHeader header, DataPageHeader own) throws IOException {
        int count = own.getNum_values();
        begin(header, count);
        int size = header.getUncompressed_page_size();
        byte[] bytes = Codec.decompress(codec, stored(header), size);
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        levels(rest, column.getMaxRepetitionLevel(), own.getRepetition_level_encoding());
        levels(rest, column.getMaxDefinitionLevel(), own.getDefinition_level_encoding());
        values(rest, own.getEncoding(), count);
        return new DataPageV1(
                BytesInput.from(bytes),
                count,
                size,
                null,
                encoding(own.getRepetition_level_encoding()),
                encoding(own.getDefinition_level_encoding()),
                encoding(own.getEncoding()));
    }

    private DataPage page(PageHeader header, DataPageHeaderV2 own) throws IOException {
        int count = own.getNum_values();
        begin(header, count);
        int repetition = own.getRepetition_levels_byte_length();
        int definition = own.getDefinition_levels_byte_length();
        byte[] bytes = stored(header);
        long levels = (long) repetition + definition;
        if (repetition < 0 || definition < 0 || levels > bytes.length || levels > header.getUncompressed_page_size()) {
            throw new IOException(
                    "the levels of a page of column " + name() + " claim " + levels + " bytes of " + bytes.length);
        }
        ByteBuffer all = ByteBuffer.wrap(bytes);
        ByteBuffer repetitions = all.slice(0, repetition);
        ByteBuffer definitions = all.slice(repetition, definition);
        alsoTake(Runs.hybrid(repetitions, width(column.getMaxRepetitionLevel())));
        alsoTake(Runs.hybrid(definitions, width(column.getMaxDefinitionLevel())));
        byte[] data = Arrays.copyOfRange(bytes, (int) levels, bytes.length);
        if (!own.isSetIs_compressed() || own.isIs_compressed()) {
            int size = header.getUncompressed_page_size() - (int) levels;
            // Nothing is compressed to nothing, as where all values are null.
            data = size == 0 ? new byte[0] : Codec.decompress(codec, data, size);
        }
        values(ByteBuffer.wrap(data), own.getEncoding(), count);
        return DataPageV2.uncompressed(
                own.getNum_rows(),
                own.getNum_nulls(),
                count,
                BytesInput.from(repetitions),
                BytesInput.from(definitions),
                encoding(own.getEncoding()),
                BytesInput.from(data),
                null);
    }

    private static Encoding encoding(org.apache.parquet.format.@Nullable Encoding encoding) throws IOException {
        if (encoding == null) {
            throw new IOException("a page has an encoding that is not known");
        }
        return Encoding.valueOf(encoding.name());
    }

    private static int width(int most) {
        return BytesUtils.getWidthFromMaxInt(most);
    }

    private void levels(ByteBuffer bytes, int most, org.apache.parquet.format.@Nullable Encoding encoding)
            throws IOException {
        if (most == 0) {
            return;
        }
        if (encoding != org.apache.parquet.format.Encoding.RLE) {
            throw new IOException("the levels of column " + name() + " are encoded as " + encoding
                    + ", which is not read. Write it anew");
        }
        ByteBuffer own = counted(bytes);
        alsoTake(Runs.hybrid(own, width(most)));
    }

    /** The bytes behind a length; the buffer goes on after them. */
    private ByteBuffer counted(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining() < LENGTH
                ? -1
                : bytes.order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw new IOException(
                    "a part of a page of column " + name() + " claims " + length + " bytes of " + bytes.remaining());
        }
        ByteBuffer own = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return own;
    }

    private void values(ByteBuffer bytes, org.apache.parquet.format.@Nullable Encoding encoding, int count)
            throws IOException {
        if (!bytes.hasRemaining()) {
            // All are null; nothing will be decoded.
            return;
        }
        switch (encoding(encoding)) {
            case PLAIN, BYTE_STREAM_SPLIT -> {}
            case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
                if (dictionary == null) {
                    throw new IOException("column " + name() + " refers to a dictionary and has none");
                }
                int width = bytes.get();
                alsoTake(Runs.hybrid(bytes, width));
            }
            case RLE -> alsoTake(Runs.hybrid(counted(bytes), 1));
            case DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY -> alsoTake(Runs.delta(bytes, count));
            case DELTA_BYTE_ARRAY -> alsoTake(Runs.deltaStrings(bytes, count));
            case BIT_PACKED ->
                throw new IOException("column " + name() + " is encoded as " + encoding
                        + ", which is not read. Write it anew with plain or dictionary encoding");
        }
    }
}
