package dev.weighbridge.results;

import com.github.luben.zstd.ZstdOutputStream;
import dev.weighbridge.api.load.RequestTiming;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one trial while it is measured. {@link #commit} makes it part of the run; closing it without leaves the
 * temporary folder behind for inspection until the trial is begun again.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class TrialFolder implements AutoCloseable {
    static final String TRIAL = "trial.json";
    static final String REQUESTS = "requests.jsonl.zst";
    static final String TELEMETRY = "telemetry.jsonl";

    private final Path temporary;
    private final Path finished;
    private final Path trialsFile;
    private final Map<String, Writer> samples = new HashMap<>();
    private @Nullable OutputStream requests;

    TrialFolder(Path temporary, Path finished, Path trialsFile) {
        this.temporary = temporary;
        this.finished = finished;
        this.trialsFile = trialsFile;
    }

    static String samplesFile(String taskId) {
        return "samples_" + RunDirectory.safe(taskId, "task id") + ".jsonl";
    }

    /** The temporary folder; it moves when the trial is committed. */
    public Path path() {
        return temporary;
    }

    /** Keeps the raw facts of one request, a line of {@code requests.jsonl.zst} (Zstandard, RFC 8878). */
    public void request(RequestTiming timing) {
        try {
            if (requests == null) {
                requests = new BufferedOutputStream(
                        new ZstdOutputStream(Files.newOutputStream(temporary.resolve(REQUESTS))));
            }
            requests.write((Json.line(timing) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps samples of the machine, a line each of {@code telemetry.jsonl}. */
    public void telemetry(List<TelemetrySample> telemetry) {
        StringBuilder lines = new StringBuilder();
        telemetry.forEach(sample -> lines.append(Json.line(sample)).append('\n'));
        try {
            Files.writeString(temporary.resolve(TELEMETRY), lines);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps a histogram as {@code <name>.hlog}, a mergeable HdrHistogram log of one interval. Values are nanoseconds. */
    public void histogram(String name, Histogram histogram) {
        try {
            HistogramLog.write(histogram, temporary.resolve(RunDirectory.safe(name, "histogram name") + ".hlog"));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps a judged sample, a line of {@code samples_<task>.jsonl}, handed to the operating system at once. */
    public void sample(String taskId, SampleRecord sample) {
        try {
            Writer writer = samples.get(taskId);
            if (writer == null) {
                writer = Files.newBufferedWriter(temporary.resolve(samplesFile(taskId)), StandardCharsets.UTF_8);
                samples.put(taskId, writer);
            }
            writer.write(Json.line(sample) + "\n");
            writer.flush();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Makes the trial part of the run: its raw files are forced to the disk, its record is written, its folder renamed, and its
     * line appended, in this order.
     *
     * @return the trial
     * @throws InvalidResultException when that cannot be written; the raw facts stay in the temporary folder
     */
    public Trial commit(Trial trial) {
        try {
            closeWriters();
            DurableFiles.syncFiles(temporary);
            DurableFiles.replace(temporary.resolve(TRIAL), Json.pretty(trial));
            Files.move(temporary, finished, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.syncParent(finished);
            DurableFiles.appendLine(trialsFile, Json.line(trial));
        } catch (IOException e) {
            throw unwritable(e);
        }
        return trial;
    }

    @Override
    public void close() {
        try {
            closeWriters();
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void closeWriters() throws IOException {
        for (Writer writer : samples.values()) {
            writer.close();
        }
        samples.clear();
        if (requests != null) {
            requests.close();
            requests = null;
        }
    }

    private InvalidResultException unwritable(IOException e) {
        return new InvalidResultException(
                "cannot write to " + temporary + ": " + e
                        + ". Free some space or choose another folder with --results; 'resume' goes on from the last finished trial.",
                e);
    }
}
