package dev.weighbridge.results;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What judges and users say of the answers of a run, in files beside its trials: {@code judgements_<task>.jsonl}, {@code judged_<task>.json},
 * {@code labels_<task>.jsonl}, {@code judge_prompt_<sha256>.txt} and {@code feedback.json}.
 */
public final class OpinionFiles {
    private static final String JUDGEMENTS = "judgements_";
    private static final String LINES = ".jsonl";
    private static final String FEEDBACK = "feedback.json";

    private final Path folder;

    /** Those of a run. */
    public OpinionFiles(Path run) {
        this.folder = run;
    }

    /** File of the judgements of a task. */
    public Path judgements(String taskId) {
        return folder.resolve(JUDGEMENTS + RunDirectory.safe(taskId, "task id") + LINES);
    }

    /** Keeps a judgement; it is on the disk when the call returns. Safe for use by several threads at once. */
    public synchronized void add(String taskId, JudgementRecord judgement) {
        try {
            DurableFiles.appendLine(judgements(taskId), Json.line(judgement));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Takes off the judgements of a task a last line that a kill left half written. */
    public synchronized void mend(String taskId) {
        try {
            DurableFiles.cutPartialLine(judgements(taskId));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Reads the judgements of a task one at a time; none when it has none.
     *
     * @throws InvalidResultException when they are damaged
     */
    public void forEachJudgement(String taskId, Consumer<JudgementRecord> sink) {
        RunDirectory.readLines(judgements(taskId), JudgementRecord.class, sink);
    }

    /** Tasks that were judged, in alphabetical order. */
    public List<String> judgedTasks() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith(JUDGEMENTS) && name.endsWith(LINES))
                    .map(name -> name.substring(JUDGEMENTS.length(), name.length() - LINES.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + folder + ": " + e, e);
        }
    }

    /** Replaces the figures of a task. */
    public void write(JudgedTask judged) {
        replace(judged(judged.task()), Json.pretty(judged));
    }

    /** Figures of a task; empty where it was not judged. */
    public Optional<JudgedTask> figures(String taskId) {
        Path file = judged(taskId);
        return Files.exists(file) ? Optional.of(Json.read(file, JudgedTask.class)) : Optional.empty();
    }

    /**
     * Keeps what a judge is asked, for people to read.
     *
     * @param sha256 of the text, hex
     */
    public void prompt(String sha256, String text) {
        replace(folder.resolve("judge_prompt_" + RunDirectory.safe(sha256, "sha256") + ".txt"), text);
    }

    /**
     * Keeps verdicts of people on the answers to a task, so that the run can hold judges against them again. They take the place of
     * those that were kept before.
     *
     * @param bytes of the file, as it was given
     */
    public void labels(String taskId, byte[] bytes) {
        replace(labels(taskId), new String(bytes, StandardCharsets.UTF_8));
    }

    /** File of the verdicts of people on the answers to a task; need not exist. */
    public Path labels(String taskId) {
        return folder.resolve("labels_" + RunDirectory.safe(taskId, "task id") + LINES);
    }

    /** Replaces what users said. */
    public void write(UserFeedback feedback) {
        replace(folder.resolve(FEEDBACK), Json.pretty(feedback));
    }

    /** What users said; empty where nothing was given. */
    public Optional<UserFeedback> feedback() {
        Path file = folder.resolve(FEEDBACK);
        return Files.exists(file) ? Optional.of(Json.read(file, UserFeedback.class)) : Optional.empty();
    }

    private Path judged(String taskId) {
        return folder.resolve("judged_" + RunDirectory.safe(taskId, "task id") + ".json");
    }

    private void replace(Path file, String text) {
        try {
            DurableFiles.replace(file, text);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private InvalidResultException unwritable(IOException e) {
        return new InvalidResultException("cannot write to " + folder + ": " + e + ". Free some space.", e);
    }
}
