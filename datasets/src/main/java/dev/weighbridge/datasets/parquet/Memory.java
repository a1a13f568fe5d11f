package dev.weighbridge.datasets.parquet;

import java.io.IOException;

/** How much the pages and dictionaries that are held at one time may take, and how much a row may. */
final class Memory {
    private static final long MOST_PAGES = 256L << 20;
    private static final long MOST_OF_A_ROW = 64L << 20;
    /** What an object of a value takes beside its text, about. */
    static final int EACH = 24;

    private final long mostPages;
    private final long mostOfARow;
    private long pages;
    private long row;

    Memory() {
        this(Runtime.getRuntime().maxMemory());
    }

    /** Bounds for a heap of so many bytes. */
    Memory(long heap) {
        mostPages = Math.min(MOST_PAGES, heap / 4);
        mostOfARow = Math.min(MOST_OF_A_ROW, heap / 8);
    }

    /**
     * Takes bytes for pages in place of others.
     *
     * @param before bytes that are free from now on
     * @throws IOException when there would be too many
     */
    void exchange(long before, long bytes) throws IOException {
        if (bytes < 0 || pages - before + bytes > mostPages) {
            throw new IOException(
                    "its pages take more than " + mostPages + " bytes at one time. Write it anew with smaller pages");
        }
        pages += bytes - before;
    }

    void nextRow() {
        row = 0;
    }

    /** Takes bytes for a value of the row. */
    void take(long bytes) {
        row += bytes + EACH;
        if (row > mostOfARow) {
            throw new IllegalStateException("a row takes more than " + mostOfARow + " bytes");
        }
    }
}
