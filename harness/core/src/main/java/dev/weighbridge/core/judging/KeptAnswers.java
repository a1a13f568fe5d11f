package dev.weighbridge.core.judging;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one variant to a task, as its run kept them.
 *
 * @param run they are kept in
 * @param trial that they came of
 * @param task id
 * @param name of the variant, with its run before it where that is another one
 */
public record KeptAnswers(RunDirectory run, String trial, String task, String name) {
    /**
     * Those of every variant of a run that was asked the task, by variant id: of the last evaluation that counts.
     *
     * @throws ConfigException when there are none
     */
    public static Map<String, KeptAnswers> of(RunDirectory run, String task) {
        Map<String, KeptAnswers> answers = new LinkedHashMap<>();
        Set<String> tasks = new TreeSet<>();
        for (Trial trial : run.trials()) {
            if (trial.workload().kind() == Workload.Kind.EVALUATION
                    && trial.status().counts()) {
                tasks.addAll(run.answeredTasks(trial.id()));
                if (run.answeredTasks(trial.id()).contains(task)) {
                    String variant = trial.variant().id();
                    answers.put(variant, new KeptAnswers(run, trial.id(), task, variant));
                }
            }
        }
        if (answers.isEmpty()) {
            throw new ConfigException("run " + run.path() + " keeps no answers to task '" + task + "'; "
                    + (tasks.isEmpty() ? "it keeps none to any" : "it keeps those to " + String.join(", ", tasks)));
        }
        return answers;
    }

    /**
     * Those that the others are held against.
     *
     * @param answers of the run
     * @param named a variant of the run, or the folder of another run, whose own baseline is taken; {@code null} for the baseline of the
     *     run
     * @throws ConfigException when there are none
     */
    public static KeptAnswers baseline(
            RunDirectory run, String task, Map<String, KeptAnswers> answers, @Nullable String named) {
        String variant = named == null ? run.manifest().baseline() : named;
        KeptAnswers own = answers.get(variant);
        if (own != null) {
            return own;
        }
        if (named != null && Files.isDirectory(Path.of(named))) {
            RunDirectory other = RunDirectory.open(Path.of(named));
            String id = other.manifest().baseline();
            KeptAnswers theirs = of(other, task).get(id);
            if (theirs == null) {
                throw new ConfigException("the baseline " + id + " of run " + named + " has no answers to " + task);
            }
            return new KeptAnswers(other, theirs.trial(), task, other.manifest().runId() + ":" + id);
        }
        throw new ConfigException("baseline " + variant + " has no answers to " + task
                + ". Name with --baseline one of " + String.join(", ", answers.keySet())
                + ", or the folder of another run");
    }

    /**
     * Gives each response to its argument.
     *
     * @throws ConfigException when they are scored texts, which the model did not write
     */
    void forEach(Consumer<ResponseRecord> sink) {
        run.forEachResponse(trial, task, response -> {
            if (response.replies().stream().anyMatch(reply -> reply.logLikelihood() != null)) {
                throw new ConfigException("task " + task
                        + " asks how likely the model finds given texts: there is nothing written to judge");
            }
            sink.accept(response);
        });
    }
}
