package dev.weighbridge.datasets.source;

import dev.weighbridge.datasets.DataException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** The formats that rows are read from; told by the end of a file's name, before {@code .gz}. */
public enum RowFormat {
    /** A JSON object on each line. */
    JSONL(".jsonl"),
    /** One JSON document: an array of objects, or an object that holds one. */
    JSON(".json"),
    /** Comma-separated values, quoted as RFC 4180 says. */
    CSV(".csv"),
    /** Tab-separated values; no quoting. */
    TSV(".tsv"),
    /** Columns of Parquet; already compressed within, so never with {@code .gz}. */
    PARQUET(".parquet"),
    /** A story of CNN/DailyMail, one row; a folder of them is read too. Never with {@code .gz}. */
    STORY(".story"),
    /** Plain text, one row in all, its column called {@code text}. */
    TEXT(".txt");

    private final String end;

    RowFormat(String end) {
        this.end = end;
    }

    /**
     * The format of a file by its name.
     *
     * @throws DataException when no format goes by such a name
     */
    public static RowFormat of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        return Arrays.stream(values())
                .filter(format -> plain.endsWith(format.end))
                .findFirst()
                .orElseThrow(() -> new DataException(file + " is of no known format by its name. Use "
                        + Arrays.stream(values()).map(format -> format.end).toList()
                        + ", each also with .gz."));
    }
}
