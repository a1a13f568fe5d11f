package dev.weighbridge.results;

import com.github.luben.zstd.ZstdInputStream;
import dev.weighbridge.api.load.RequestTiming;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of one run, {@code <results>/<study>/<run-id>}: manifest, trials, and the raw facts of each trial.
 *
 * <p>A trial is written to a hidden temporary folder, renamed when whole, then listed in {@code trials.jsonl}. A kill at any
 * moment leaves every finished trial readable: one that was renamed but not listed yet is found by its folder.
 */
public final class RunDirectory {
    private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~+-]{0,199}");
    private static final String MANIFEST = "manifest.json";
    private static final String TRIALS = "trials.jsonl";
    private static final String TRIAL_FOLDERS = "trials";
    private static final String DECISION = "decision.json";
    private static final String LOCK = ".lock";
    private static final String SESSIONS = "sessions.jsonl";

    private final Path path;
    private final Manifest manifest;

    private RunDirectory(Path path, Manifest manifest) {
        this.path = path;
        this.manifest = manifest;
    }

    /**
     * Starts a run.
     *
     * @throws InvalidResultException when the folder exists already or cannot be written
     */
    public static RunDirectory create(Path results, Manifest manifest) {
        Path path = results.resolve(safe(manifest.study(), "study name")).resolve(safe(manifest.runId(), "run id"));
        if (Files.exists(path.resolve(MANIFEST))) {
            throw new InvalidResultException("run " + path + " exists already. Choose another run id, or resume it.");
        }
        try {
            Files.createDirectories(path.resolve(TRIAL_FOLDERS));
            DurableFiles.replace(path.resolve(MANIFEST), Json.pretty(manifest));
        } catch (IOException e) {
            throw new InvalidResultException(
                    "cannot write the run folder " + path + ": " + e + ". Choose another one with --results.", e);
        }
        return new RunDirectory(path, manifest);
    }

    /**
     * Opens a run that was started before.
     *
     * @throws InvalidResultException when there is none or its manifest is damaged
     */
    public static RunDirectory open(Path path) {
        Path file = path.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new InvalidResultException(path + " is not a run folder: it has no " + MANIFEST
                    + ". Run folders lie at <results>/<study>/<run-id>.");
        }
        Manifest manifest = Json.read(file, Manifest.class);
        if (manifest.schemaVersion() != Manifest.SCHEMA_VERSION) {
            throw new InvalidResultException(file + " has schema version " + manifest.schemaVersion()
                    + ", this version reads " + Manifest.SCHEMA_VERSION + ".");
        }
        return new RunDirectory(path, manifest);
    }

    public Path path() {
        return path;
    }

    public Manifest manifest() {
        return manifest;
    }

    /**
     * Finished trials in the order in which they ended. A last line cut by a kill is passed over; a trial that was renamed
     * but not listed is added at the end.
     */
    public List<Trial> trials() {
        Map<String, Trial> trials = new LinkedHashMap<>();
        try {
            Path file = path.resolve(TRIALS);
            List<String> lines = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
            for (String line : lines) {
                readTrial(line).ifPresent(trial -> trials.put(trial.id(), trial));
            }
            for (Path folder : trialFolders()) {
                String id = folder.getFileName().toString();
                if (!trials.containsKey(id)) {
                    trials.put(id, Json.read(folder.resolve(TrialFolder.TRIAL), Trial.class));
                }
            }
        } catch (IOException e) {
            throw new InvalidResultException("cannot read the trials of " + path + ": " + e, e);
        }
        return List.copyOf(trials.values());
    }

    /**
     * Starts a trial in a temporary folder. Of what an earlier, interrupted attempt left there, the responses to tasks stay, so
     * that no sample is asked twice; the rest is removed.
     *
     * @throws InvalidResultException when a trial of that id is finished already
     */
    public TrialFolder begin(String trialId) {
        Path finished = trialPath(trialId);
        if (Files.exists(finished)) {
            throw new InvalidResultException("trial " + trialId + " of " + path + " was measured already");
        }
        Path temporary = finished.resolveSibling("." + trialId + ".partial");
        try {
            Files.createDirectories(temporary);
            DurableFiles.empty(temporary, TrialFolder::survives);
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + temporary + ": " + e, e);
        }
        return new TrialFolder(temporary, finished, path.resolve(TRIALS));
    }

    /** Folder of a finished trial. */
    public Path trialPath(String trialId) {
        return path.resolve(TRIAL_FOLDERS).resolve(safe(trialId, "trial id"));
    }

    /**
     * Judged samples of a finished trial, without their texts ({@link SampleRecord#slim}); empty when it has none of that task.
     */
    public List<SampleRecord> samples(String trialId, String taskId) {
        List<SampleRecord> samples = new ArrayList<>();
        forEachSample(trialId, taskId, sample -> samples.add(sample.slim()));
        return samples;
    }

    /** Reads the judged samples of a finished trial one at a time. */
    public void forEachSample(String trialId, String taskId, Consumer<SampleRecord> sink) {
        readLines(trialPath(trialId).resolve(TrialFolder.samplesFile(taskId)), SampleRecord.class, sink);
    }

    /** Reads the responses of a finished trial to a task one at a time. */
    public void forEachResponse(String trialId, String taskId, Consumer<ResponseRecord> sink) {
        readLines(trialPath(trialId).resolve(TrialFolder.responsesFile(taskId)), ResponseRecord.class, sink);
    }

    /** Tasks whose responses a finished trial keeps, in alphabetical order. */
    public List<String> answeredTasks(String trialId) {
        Path folder = trialPath(trialId);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith("responses_") && name.endsWith(".jsonl"))
                    .map(name -> name.substring("responses_".length(), name.length() - ".jsonl".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + folder + ": " + e, e);
        }
    }

    /** File of the rules by which a finished trial asked and judged a task. */
    public Path rulesFile(String trialId, String taskId) {
        return trialPath(trialId).resolve(TrialFolder.rulesFile(taskId));
    }

    /** Samples of a finished trial that are judged again; they take the place of the old ones when all are there. */
    public NewSamples rescore(String trialId, String taskId) {
        return new NewSamples(
                trialPath(trialId).resolve(TrialFolder.samplesFile(taskId)),
                rulesFile(trialId, taskId),
                scorerModelsFile(trialId, taskId));
    }

    /** The file with the models by which scorers judged a task; it does not exist where they judged without. */
    public Path scorerModelsFile(String trialId, String taskId) {
        return trialPath(trialId).resolve(TrialFolder.scorerModelsFile(taskId));
    }

    /**
     * Gives a finished trial other figures, which later readers see in the place of the old ones.
     *
     * @throws InvalidResultException when that cannot be written
     */
    public void renew(Trial trial) {
        try {
            DurableFiles.replace(trialPath(trial.id()).resolve(TrialFolder.TRIAL), Json.pretty(trial));
            DurableFiles.appendLine(path.resolve(TRIALS), Json.line(trial));
        } catch (IOException e) {
            throw new InvalidResultException("cannot write to " + path + ": " + e, e);
        }
    }

    /** Samples on their way to take the place of others; closing without a commit leaves those as they are. */
    public static final class NewSamples implements AutoCloseable {
        private final Path file;
        private final Path rules;
        private final Path models;
        private final Path temporary;
        private final Writer writer;

        private NewSamples(Path file, Path rules, Path models) {
            this.file = file;
            this.rules = rules;
            this.models = models;
            this.temporary = file.resolveSibling("." + file.getFileName() + ".partial");
            try {
                this.writer = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new InvalidResultException("cannot write " + temporary + ": " + e, e);
            }
        }

        /** Adds a sample. */
        public void add(SampleRecord sample) {
            try {
                writer.write(Json.line(sample) + "\n");
            } catch (IOException e) {
                throw new InvalidResultException("cannot write " + temporary + ": " + e, e);
            }
        }

        /**
         * Puts the samples, and the rules that judged them, in their place.
         *
         * @param scorerModels models by which scorers judged, by scorer
         */
        public void commit(Object judgedBy, Map<String, String> scorerModels) {
            try {
                writer.close();
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                DurableFiles.syncParent(file);
                DurableFiles.replace(rules, Json.pretty(judgedBy));
                if (scorerModels.isEmpty()) {
                    Files.deleteIfExists(models);
                } else {
                    DurableFiles.replace(models, Json.pretty(scorerModels));
                }
            } catch (IOException e) {
                throw new InvalidResultException("cannot write " + file + ": " + e, e);
            }
        }

        @Override
        public void close() {
            try {
                writer.close();
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                throw new InvalidResultException("cannot write " + temporary + ": " + e, e);
            }
        }
    }

    static <T> void readLines(Path file, Class<T> type, Consumer<T> sink) {
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sink.accept(Json.read(line, type, file.toString()));
            }
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + file + ": " + e, e);
        }
    }

    /** Raw facts of every request of a finished load trial, in order of completion; empty when it has none. */
    public List<RequestTiming> requests(String trialId) {
        List<RequestTiming> requests = new ArrayList<>();
        forEachRequest(trialId, requests::add);
        return requests;
    }

    /**
     * Reads the raw facts of every request of a finished load trial, one at a time and in order of completion.
     *
     * @throws InvalidResultException when they are damaged
     */
    public void forEachRequest(String trialId, Consumer<RequestTiming> sink) {
        Path file = trialPath(trialId).resolve(TrialFolder.REQUESTS);
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream lines = new ZstdInputStream(Files.newInputStream(file))) {
            Json.readEach(lines, RequestTiming.class, file.toString(), sink);
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + file + ": " + e, e);
        }
    }

    /** Samples of the machine during a finished load trial, in order; empty when it has none. */
    public List<TelemetrySample> telemetry(String trialId) {
        Path file = trialPath(trialId).resolve(TrialFolder.TELEMETRY);
        List<TelemetrySample> samples = new ArrayList<>();
        if (Files.exists(file)) {
            try {
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    samples.add(Json.read(line, TelemetrySample.class, file.toString()));
                }
            } catch (IOException e) {
                throw new InvalidResultException("cannot read " + file + ": " + e, e);
            }
        }
        return samples;
    }

    /**
     * Takes the run for this process, so that no two measure into it at once. The lock goes with the process, however it ends.
     *
     * @throws InvalidResultException when another process has it
     */
    public Closeable lock() {
        Path file = path.resolve(LOCK);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException e) {
                // Held by another thread of this process: as taken as by another process.
            }
            channel.close();
        } catch (IOException e) {
            throw new InvalidResultException("cannot lock " + file + ": " + e, e);
        }
        throw new InvalidResultException(
                "run " + path + " is being measured by another process. Wait until it has ended.");
    }

    /** Adds a line to the list of sessions that measured this run. */
    public void session(Object facts) {
        try {
            DurableFiles.appendLine(path.resolve(SESSIONS), Json.line(facts));
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + path.resolve(SESSIONS) + ": " + e, e);
        }
    }

    /** Replaces the decision of this run. */
    public void writeDecision(Decision decision) {
        try {
            DurableFiles.replace(path.resolve(DECISION), Json.pretty(decision));
        } catch (IOException e) {
            throw new InvalidResultException("cannot write " + path.resolve(DECISION) + ": " + e, e);
        }
    }

    public Optional<Decision> decision() {
        Path file = path.resolve(DECISION);
        return Files.exists(file) ? Optional.of(Json.read(file, Decision.class)) : Optional.empty();
    }

    static String safe(String name, String what) {
        if (!SAFE_NAME.matcher(name).matches()) {
            throw new InvalidResultException(
                    what + " '" + name + "' cannot be a file name. Use letters, digits, '.', '_', '-', '~', '+',"
                            + " starting with a letter or digit, at most 200.");
        }
        return name;
    }

    private List<Path> trialFolders() throws IOException {
        Path folders = path.resolve(TRIAL_FOLDERS);
        if (!Files.isDirectory(folders)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folders)) {
            return entries.filter(folder -> Files.exists(folder.resolve(TrialFolder.TRIAL)))
                    .filter(folder -> !folder.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static Optional<Trial> readTrial(String line) {
        try {
            return line.isBlank() ? Optional.empty() : Optional.of(Json.read(line, Trial.class, TRIALS));
        } catch (InvalidResultException e) {
            // A kill may have cut a line; the trial's own folder still holds it whole.
            return Optional.empty();
        }
    }
}
