package dev.weighbridge.core.run;

import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a load while it runs. They are kept as they are, so that writing and judging them takes nothing from the machine
 * before the load has ended; only what is beyond a bound goes to a temporary file at once, as a run of any length must fit into
 * memory. Not safe for use by several threads at once.
 */
final class HeldRequests implements AutoCloseable {
    private static final int RECORD_BYTES = 250;
    private static final int CHUNK_BYTES = Long.BYTES + Integer.BYTES;
    private static final int SHARE_OF_HEAP = 8;

    private final long mostBytes;
    private final List<RequestTiming> inMemory = new ArrayList<>();
    private long bytes;
    private @Nullable Path file;
    private @Nullable BufferedWriter writer;

    /**
     * @param mostBytes of memory, about
     */
    HeldRequests(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Keeps requests in an eighth of this machine's heap. */
    static HeldRequests ofThisProcess() {
        return new HeldRequests(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
    }

    void add(RequestTiming request) {
        bytes += RECORD_BYTES
                + (long) CHUNK_BYTES * request.chunkNanos().length
                + length(request.text())
                + length(request.reasoning());
        if (bytes <= mostBytes) {
            inMemory.add(request);
            return;
        }
        try {
            if (writer == null) {
                file = Files.createTempFile("weighbridge-requests", ".jsonl");
                writer = Files.newBufferedWriter(file);
            }
            writer.write(Json.line(request));
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the requests of a load in " + file, e);
        }
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Whether all of them are in memory. */
    boolean fits() {
        return file == null;
    }

    /** Hands over all of them in the order in which they were added. */
    void forEach(Consumer<RequestTiming> sink) {
        inMemory.forEach(sink);
        Path spilled = file;
        if (spilled == null) {
            return;
        }
        try {
            closeWriter();
            try (BufferedReader reader = Files.newBufferedReader(spilled)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    sink.accept(Json.read(line, RequestTiming.class, spilled.toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the requests of a load back from " + spilled, e);
        }
    }

    private void closeWriter() throws IOException {
        if (writer != null) {
            writer.close();
        }
    }

    @Override
    public void close() {
        try {
            closeWriter();
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file, e);
        }
    }
}
