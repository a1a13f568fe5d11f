package dev.weighbridge.datasets.parquet;

import dev.weighbridge.datasets.DataException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.jspecify.annotations.Nullable;

/**
 * A file in the Parquet format, version 2.12 of its specification, read row by row with a page of each column in memory.
 *
 * <p>Read are flat and nested columns; pages of both versions; plain, dictionary, RLE, byte stream split and delta encoding;
 * snappy, gzip, zstd, LZ4 (raw), brotli and no compression. What a file says of itself is held against its size before
 * anything is allocated by it.
 */
public final class ParquetFile {
    private ParquetFile() {}

    /** Takes the rows one after the other. */
    @FunctionalInterface
    public interface Rows {
        /**
         * A row.
         *
         * @param number in the file, from 1
         * @param row JSON values by column
         */
        void row(int number, Map<String, @Nullable Object> row);
    }

    /**
     * Reads all rows.
     *
     * @throws DataException when the file is damaged, or is not of a form that is read; the rows before the damage have come
     */
    public static void read(Path file, Rows rows) {
        int[] number = {0};
        try (FileChannel channel = FileChannel.open(file)) {
            Footer footer = footer(channel);
            for (RowGroup group : footer.groups()) {
                if (group.getNum_rows() == 0) {
                    // Its columns may begin nowhere.
                    continue;
                }
                read(new Group(channel, footer, group, new Memory()), rows, number);
            }
        } catch (IOException e) {
            throw problem(file, number[0], e);
        }
    }

    private static DataException problem(Path file, int number, IOException cause) {
        String where = number == 0 ? "" : " beyond row " + number;
        return new DataException(file + " cannot be read as PARQUET" + where + ": " + cause.getMessage(), cause);
    }

    private static Footer footer(FileChannel channel) throws IOException {
        try {
            return Footer.read(channel);
        } catch (RuntimeException e) {
            throw damaged(e);
        }
    }

    /** The library answers damage with whatever happens to go wrong. */
    private static IOException damaged(RuntimeException e) {
        Throwable cause = e;
        while (cause.getCause() != null && !(cause instanceof UncheckedIOException)) {
            cause = cause.getCause();
        }
        if (cause instanceof UncheckedIOException io) {
            return new IOException(Objects.requireNonNull(io.getCause()).getMessage(), e);
        }
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException("it is damaged: " + why, e);
    }

    private static void read(Group group, Rows rows, int[] number) throws IOException {
        RecordReader<Map<String, @Nullable Object>> reader;
        try {
            reader = group.reader();
        } catch (RuntimeException e) {
            throw damaged(e);
        }
        for (long i = 0; i < group.getRowCount(); i++) {
            Map<String, @Nullable Object> row;
            try {
                group.memory.nextRow();
                row = reader.read();
            } catch (RuntimeException e) {
                throw damaged(e);
            }
            if (number[0] == Integer.MAX_VALUE) {
                throw new IOException("it has more than " + Integer.MAX_VALUE + " rows");
            }
            rows.row(++number[0], row);
        }
    }

    /** The pages of one row group. */
    private static final class Group implements PageReadStore {
        private final Map<List<String>, Chunk> chunks = new HashMap<>();
        private final Footer footer;
        private final long rows;
        private final Memory memory;

        Group(FileChannel file, Footer footer, RowGroup group, Memory memory) throws IOException {
            this.footer = footer;
            this.memory = memory;
            rows = group.getNum_rows();
            List<ColumnDescriptor> columns = footer.schema().message().getColumns();
            List<ColumnChunk> stored = group.getColumns() == null ? List.of() : group.getColumns();
            if (stored.size() != columns.size() || rows < 0) {
                throw new IOException("a group of " + rows + " rows has " + stored.size() + " columns; the schema has "
                        + columns.size());
            }
            for (int i = 0; i < columns.size(); i++) {
                ColumnChunk chunk = stored.get(i);
                ColumnDescriptor column = columns.get(i);
                List<String> path = List.of(column.getPath());
                if (chunk.isSetFile_path() || !chunk.isSetMeta_data()) {
                    throw new IOException("column " + path + " is in another file or encrypted, which is not read");
                }
                if (!path.equals(chunk.getMeta_data().getPath_in_schema())) {
                    throw new IOException("column " + path + " is stored as "
                            + chunk.getMeta_data().getPath_in_schema());
                }
                chunks.put(path, new Chunk(file, footer.start(), column, chunk.getMeta_data(), memory));
            }
        }

        RecordReader<Map<String, @Nullable Object>> reader() {
            MessageColumnIO columns =
                    new ColumnIOFactory().getColumnIO(footer.schema().message());
            return columns.getRecordReader(this, new Values(footer.schema(), memory));
        }

        @Override
        public PageReader getPageReader(ColumnDescriptor column) {
            Chunk chunk = chunks.get(List.of(column.getPath()));
            if (chunk == null) {
                throw new IllegalStateException("there is no column " + column);
            }
            return chunk;
        }

        @Override
        public long getRowCount() {
            return rows;
        }
    }
}
