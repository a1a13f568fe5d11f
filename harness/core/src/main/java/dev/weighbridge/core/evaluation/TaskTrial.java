package dev.weighbridge.core.evaluation;

import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.results.TrialFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One task within a trial: its samples asked, going on from what an interrupted attempt kept, and what was kept judged.
 *
 * @param task to ask
 * @param samples most of them; a seeded draw
 * @param seed of the draw
 * @param concurrency requests at once
 */
public record TaskTrial(TaskSet task, int samples, long seed, int concurrency) {

    /**
     * What came of a task.
     *
     * @param samples judged, without their texts
     * @param scores figure of each score
     * @param models by which scorers judged, by scorer; empty where all judge by rules alone
     */
    public record Judged(List<SampleRecord> samples, List<Measurement> scores, Map<String, String> models) {
        public Judged {
            samples = List.copyOf(samples);
            scores = List.copyOf(scores);
            models = Map.copyOf(models);
        }
    }

    /**
     * Asks and judges. What an engine answered before it failed is judged and kept as well.
     *
     * @param heard is told of each response, also of those that were there already
     * @throws EngineException as {@link TaskEvaluation#run}
     */
    public Judged run(Engine engine, TrialFolder folder, Consumer<TaskSet> heard) throws InterruptedException {
        return run(SampleAsker.of(engine), SampleJudge.HERE, folder, heard);
    }

    /**
     * Asks and judges by whoever does so. The kept responses are in the order of the task in the end, whatever order they come
     * in.
     *
     * @param heard is told of each response, also of those that were there already
     * @throws EngineException as {@link SampleAsker#ask}
     */
    public Judged run(SampleAsker asker, SampleJudge judge, TrialFolder folder, Consumer<TaskSet> heard)
            throws InterruptedException {
        folder.rules(task.id(), task.rules());
        TaskEvaluation.Answered answered = new TaskEvaluation.Answered();
        folder.forEachResponse(task.id(), response -> {
            answered.add(response);
            heard.accept(task);
        });
        try {
            asker.ask(new TaskEvaluation(task, samples, seed, concurrency), answered, response -> {
                folder.response(task.id(), response);
                heard.accept(task);
            });
        } catch (EngineException e) {
            judge(judge, folder);
            throw e;
        }
        return judge(judge, folder);
    }

    private Judged judge(SampleJudge judge, TrialFolder folder) throws InterruptedException {
        folder.orderResponses(task.id());
        Judged judged = judge(
                judge,
                task.rules(),
                sink -> folder.forEachResponse(task.id(), sink),
                sample -> folder.sample(task.id(), sample));
        folder.scorerModels(task.id(), judged.models());
        return judged;
    }

    /**
     * Judges responses by rules, on this machine.
     *
     * @param responses gives each to its argument
     * @param keep gets each judged sample, in their order
     */
    public static Judged judge(
            TaskSet.Rules rules, Consumer<Consumer<ResponseRecord>> responses, Consumer<SampleRecord> keep)
            throws InterruptedException {
        return judge(SampleJudge.HERE, rules, responses, keep);
    }

    /** The same by whoever judges. */
    public static Judged judge(
            SampleJudge judge,
            TaskSet.Rules rules,
            Consumer<Consumer<ResponseRecord>> responses,
            Consumer<SampleRecord> keep)
            throws InterruptedException {
        try (TaskScoring scoring = new TaskScoring(rules)) {
            List<SampleRecord> records = new ArrayList<>();
            ScoreFigures figures = new ScoreFigures(scoring.scores());
            judge.judge(scoring, responses, record -> {
                keep.accept(record);
                records.add(record.slim());
                figures.add(record);
            });
            return new Judged(records, figures.measurements(rules.id()), scoring.models());
        }
    }
}
