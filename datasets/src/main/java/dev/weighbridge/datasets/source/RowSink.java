package dev.weighbridge.datasets.source;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What takes the rows of a file as they are read. */
public interface RowSink {
    /**
     * A row.
     *
     * @param number of the row in its file, from 1
     * @param row JSON values by column: texts, numbers, booleans, lists, maps and nulls
     */
    void row(int number, Map<String, @Nullable Object> row);

    /**
     * A row that cannot be read; the rest of the file can.
     *
     * @param why in words, with what was seen
     */
    void broken(int number, String why);
}
