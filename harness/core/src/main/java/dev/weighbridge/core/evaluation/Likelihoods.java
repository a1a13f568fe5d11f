package dev.weighbridge.core.evaluation;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.ResponseRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks how likely an engine finds the texts of samples, those of several samples in one call. */
record Likelihoods(ScoringEngine engine, TaskSet.Asking asking) {
    /**
     * What came of a sample.
     *
     * @param replies one for each text; none where it failed
     * @param failure why there are none, or {@code null}
     */
    record Outcome(
            List<ResponseRecord.Reply> replies, @Nullable EngineException failure) {}

    /**
     * Asks the texts of some samples.
     *
     * @return what came of each, in their order
     * @throws EngineException when none could be asked
     */
    List<Outcome> of(List<TaskSet.Sample> samples) {
        List<ScoringEngine.Question> all = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        for (TaskSet.Sample sample : samples) {
            all.addAll(questions(sample));
            ends.add(all.size());
        }
        long begin = System.nanoTime();
        List<ScoringEngine.Scored> scored = engine.scoreAll(all);
        long duration = System.nanoTime() - begin;
        List<Outcome> outcomes = new ArrayList<>();
        int from = 0;
        for (int end : ends) {
            outcomes.add(outcome(all.subList(from, end), scored.subList(from, end), duration));
            from = end;
        }
        return outcomes;
    }

    private List<ScoringEngine.Question> questions(TaskSet.Sample sample) {
        List<String> continuations = continuations(asking, sample.choices(), sample.targets());
        List<ScoringEngine.Question> questions = new ArrayList<>();
        Optional<TaskSet.Cloze> blank = sample.cloze();
        if (blank.isPresent()) {
            String ending = asking.delimiter() + blank.get().ending();
            blank.get().prompts().forEach(prompt -> questions.add(new ScoringEngine.Question(prompt, List.of(ending))));
        } else {
            questions.add(new ScoringEngine.Question(sample.prompt(), continuations));
        }
        if (asking.details().alone()) {
            questions.add(new ScoringEngine.Question("", continuations));
        }
        return questions;
    }

    private static Outcome outcome(
            List<ScoringEngine.Question> questions, List<ScoringEngine.Scored> scored, long duration) {
        List<ResponseRecord.Reply> replies = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            EngineException failure = scored.get(i).failure();
            if (failure != null) {
                return new Outcome(List.of(), failure);
            }
            List<String> continuations = questions.get(i).continuations();
            for (int text = 0; text < continuations.size(); text++) {
                ScoringEngine.Score score = scored.get(i).scores().get(text);
                replies.add(new ResponseRecord.Reply(
                        continuations.get(text),
                        score.logLikelihood(),
                        score.greedy(),
                        null,
                        score.tokens(),
                        null,
                        duration));
            }
        }
        return new Outcome(replies, null);
    }

    /** The texts whose likelihood after the prompt is asked: the choices, or else the first target. */
    static List<String> continuations(TaskSet.Asking asking, List<String> choices, List<String> targets) {
        return switch (asking.output()) {
            case GENERATE -> List.of();
            case MULTIPLE_CHOICE ->
                choices.stream().map(choice -> asking.delimiter() + choice).toList();
            case LIKELIHOOD -> List.of(asking.delimiter() + targets.get(0));
            case ROLLING -> List.of(targets.get(0));
        };
    }
}
