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
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one trial while it is measured. {@link #commit} makes it part of the run; closing it without leaves the
 * temporary folder behind for inspection until the trial is begun again.
 *
 * <p>Not safe for use by several threads at once, but that one may keep requests and telemetry while another keeps responses.
 */
public final class TrialFolder implements AutoCloseable {
    static final String TRIAL = "trial.json";
    static final String REQUESTS = "requests.jsonl.zst";
    static final String FIDELITY = "fidelity.jsonl";
    static final String TELEMETRY = "telemetry.jsonl";

    private final Path temporary;
    private final Path finished;
    private final Path trialsFile;
    private final Map<String, Writer> writers = new HashMap<>();
    private @Nullable OutputStream requests;

    TrialFolder(Path temporary, Path finished, Path trialsFile) {
        this.temporary = temporary;
        this.finished = finished;
        this.trialsFile = trialsFile;
    }

    static String samplesFile(String taskId) {
        return "samples_" + RunDirectory.safe(taskId, "task id") + ".jsonl";
    }

    static String responsesFile(String taskId) {
        return "responses_" + RunDirectory.safe(taskId, "task id") + ".jsonl";
    }

    static String rulesFile(String taskId) {
        return "task_" + RunDirectory.safe(taskId, "task id") + ".json";
    }

    static String scorerModelsFile(String taskId) {
        return "scorers_" + RunDirectory.safe(taskId, "task id") + ".json";
    }

    /** Whether a file of an interrupted trial is of use to the next attempt. */
    static boolean survives(String name) {
        return (name.startsWith("responses_") && name.endsWith(".jsonl"))
                || (name.startsWith("task_") && name.endsWith(".json"));
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

    /** Keeps how close a distribution is to the baseline's, a line of {@code fidelity.jsonl}. */
    public void fidelity(FidelityRecord place) {
        append(FIDELITY, place);
    }

    /** Keeps a histogram as {@code <name>.hlog}, a mergeable HdrHistogram log of one interval. Values are nanoseconds. */
    public void histogram(String name, Histogram histogram) {
        try {
            HistogramLog.write(histogram, temporary.resolve(RunDirectory.safe(name, "histogram name") + ".hlog"));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Keeps by which rules a task asks and judges, as {@code task_<task>.json}. Where an interrupted attempt left responses to
     * other rules, they are removed.
     */
    public void rules(String taskId, Object rules) {
        Path file = temporary.resolve(rulesFile(taskId));
        String text = Json.pretty(rules);
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.deleteIfExists(temporary.resolve(responsesFile(taskId)));
                Files.writeString(file, text);
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps the models by which scorers judged a task, by scorer, as {@code scorers_<task>.json}; no file where there are none. */
    public void scorerModels(String taskId, Map<String, String> models) {
        if (models.isEmpty()) {
            return;
        }
        try {
            Files.writeString(temporary.resolve(scorerModelsFile(taskId)), Json.pretty(models));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps a response, a line of {@code responses_<task>.jsonl}, handed to the operating system at once. */
    public void response(String taskId, ResponseRecord response) {
        append(responsesFile(taskId), response);
    }

    /**
     * Reads the responses that were kept, also by an interrupted attempt, one at a time. A last line that was cut by a kill is
     * left out, and off the file.
     */
    public void forEachResponse(String taskId, Consumer<ResponseRecord> sink) {
        try {
            Writer writer = writers.get(responsesFile(taskId));
            if (writer == null) {
                DurableFiles.cutPartialLine(temporary.resolve(responsesFile(taskId)));
            } else {
                writer.flush();
            }
            RunDirectory.readLines(temporary.resolve(responsesFile(taskId)), ResponseRecord.class, sink);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Puts the responses to a task in the order of its samples, as {@link ResponseRecord#docId} has it; those of one sample stay
     * in the order in which they came.
     */
    public void orderResponses(String taskId) {
        try {
            Writer writer = writers.remove(responsesFile(taskId));
            if (writer != null) {
                writer.close();
            }
            ResponseOrder.restore(temporary.resolve(responsesFile(taskId)));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Keeps a judged sample, a line of {@code samples_<task>.jsonl}. */
    public void sample(String taskId, SampleRecord sample) {
        append(samplesFile(taskId), sample);
    }

    private void append(String name, Object record) {
        try {
            Writer writer = writers.get(name);
            if (writer == null) {
                writer = Files.newBufferedWriter(
                        temporary.resolve(name),
                        StandardCharsets.UTF_8,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                writers.put(name, writer);
            }
            writer.write(Json.line(record) + "\n");
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
        for (Writer writer : writers.values()) {
            writer.close();
        }
        writers.clear();
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
