package dev.weighbridge.core.run;

import dev.weighbridge.analysis.accuracy.AccuracyFigures;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.GroupFigures;
import dev.weighbridge.core.evaluation.SampleJudge;
import dev.weighbridge.core.evaluation.TaskTrial;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Judges the kept responses of a run again, by the rules they were judged by or by others. Needs no engine and no data set. */
public final class Rescoring {
    private Rescoring() {}

    /**
     * What was judged again.
     *
     * @param trial with its new figures
     * @param samples judged
     * @param changed samples whose deciding score is another one now
     */
    public record Rescored(Trial trial, long samples, long changed) {}

    /**
     * Judges every evaluation of a run again. New samples take the place of the old ones file by file, and each trial gets a
     * record with the new figures; responses stay as they are.
     *
     * @param others rules by task id, which take the place of those that were kept with the responses
     * @throws ConfigException when the run has no responses, or other rules are of no task of the run
     */
    public static List<Rescored> of(RunDirectory run, Map<String, TaskSet.Rules> others) throws InterruptedException {
        return of(run, others, SampleJudge.HERE);
    }

    /** The same by whoever judges. */
    public static List<Rescored> of(RunDirectory run, Map<String, TaskSet.Rules> others, SampleJudge judge)
            throws InterruptedException {
        List<Rescored> all = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (Trial trial : run.trials()) {
            List<String> tasks =
                    trial.workload().kind() == Workload.Kind.EVALUATION ? run.answeredTasks(trial.id()) : List.of();
            known.addAll(tasks);
            if (!tasks.isEmpty()) {
                all.add(rescored(run, trial, tasks, others, judge));
            }
        }
        if (all.isEmpty()) {
            throw new ConfigException("run " + run.path() + " keeps no responses to judge");
        }
        others.keySet().forEach(task -> {
            if (!known.contains(task)) {
                throw new ConfigException(
                        "no trial of run " + run.path() + " was asked task '" + task + "'; they were asked " + known);
            }
        });
        return all;
    }

    private static Rescored rescored(
            RunDirectory run, Trial trial, List<String> tasks, Map<String, TaskSet.Rules> others, SampleJudge judge)
            throws InterruptedException {
        Map<String, List<SampleRecord>> samples = new LinkedHashMap<>();
        List<Measurement> figures = new ArrayList<>();
        GroupFigures groups = new GroupFigures();
        long changed = 0;
        long judged = 0;
        for (String task : tasks) {
            TaskSet.Rules kept = rules(run, trial, task);
            // What a task was part of stays what it was, whichever rules judge it.
            TaskSet.Rules rules = others.getOrDefault(task, kept).listed(kept.listing());
            if (!rules.asking().output().equals(kept.asking().output())) {
                throw new ConfigException("task " + task + " was asked for "
                        + kept.asking().output().id() + ", the other rules judge "
                        + rules.asking().output().id() + ". Evaluate anew.");
            }
            Map<String, Double> before = new LinkedHashMap<>();
            run.forEachSample(trial.id(), task, sample -> before.put(sample.docHash(), sample.score()));
            TaskTrial.Judged again;
            try (RunDirectory.NewSamples file = run.rescore(trial.id(), task)) {
                again = TaskTrial.judge(judge, rules, sink -> run.forEachResponse(trial.id(), task, sink), file::add);
                file.commit(rules, again.models());
            }
            for (SampleRecord sample : again.samples()) {
                changed += before.getOrDefault(sample.docHash(), Double.NaN) == sample.score() ? 0 : 1;
            }
            judged += again.samples().size();
            if (Tasks.comparable(rules)) {
                samples.put(task, again.samples());
            }
            figures.addAll(again.scores());
            groups.add(rules, again);
        }
        figures.addAll(groups.measurements());
        List<Measurement> all = new ArrayList<>(AccuracyFigures.of(samples, Map.of()));
        all.addAll(figures);
        Trial renewed = trial.withMeasurements(all);
        run.renew(renewed);
        return new Rescored(renewed, judged, changed);
    }

    private static TaskSet.Rules rules(RunDirectory run, Trial trial, String task) {
        Path file = run.rulesFile(trial.id(), task);
        if (!Files.exists(file)) {
            throw new ConfigException(file + " is missing: name the rules with --task");
        }
        return Json.read(file, TaskSet.Rules.class);
    }
}
