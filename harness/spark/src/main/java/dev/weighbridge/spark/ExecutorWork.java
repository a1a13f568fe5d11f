package dev.weighbridge.spark;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.ScoringEngine;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.TaskEvaluation;
import dev.weighbridge.core.evaluation.TaskScoring;
import dev.weighbridge.core.run.ModelFacts;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.ResponseRecord;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What executors do. Each piece of work is a pure function of what travels to the executor and of its engine, so that Spark may
 * do a piece again; arguments and results are JSON, which needs no agreement on a serializer.
 */
final class ExecutorWork {
    private static final String UNKNOWN = "unknown";

    private ExecutorWork() {}

    /**
     * Samples of a task to be asked.
     *
     * @param evaluation id of the evaluation
     * @param rules of the task, as JSON
     * @param seed of sampled answers
     * @param concurrency requests at once
     * @param questions responses without replies and without rows, a JSON line each
     */
    record Slice(
            String evaluation, EngineRecipe recipe, String rules, long seed, int concurrency, List<String> questions)
            implements Serializable {
        Slice {
            questions = List.copyOf(questions);
        }

        /** The same with other questions. */
        Slice with(List<String> others) {
            return new Slice(evaluation, recipe, rules, seed, concurrency, others);
        }
    }

    /**
     * What came of a slice.
     *
     * @param replied responses of which only position, replies and failure are filled in, as far as they came
     * @param category why it ended early, or {@code null} when it did not
     * @param failure in words, or {@code null}
     */
    record Answers(
            List<ResponseRecord> replied,
            EngineException.@Nullable Category category,
            @Nullable String failure) {
        Answers {
            replied = List.copyOf(replied);
        }
    }

    /**
     * What an executor finds of the engine and the model.
     *
     * @param scoring whether it says how likely it finds texts
     * @param model checkpoint as it lies on the executor
     */
    record Opened(EngineInfo info, boolean scoring, Manifest.Model model) {}

    /**
     * The same, or why there is none.
     *
     * @param category of the failure, or {@code null} when it was opened
     * @param failure in words, or {@code null}
     */
    record Found(
            @Nullable Opened opened,
            EngineException.@Nullable Category category,
            @Nullable String failure) {
        Opened orThrow() {
            if (opened == null) {
                throw new EngineException(
                        category == null ? EngineException.Category.FAILED : category,
                        "an executor cannot open the engine: " + failure);
            }
            return opened;
        }
    }

    /** Opens the engine and says what it is. */
    static String open(String evaluation, EngineRecipe recipe) {
        try {
            return Json.line(new Found(opened(evaluation, recipe), null, null));
        } catch (EngineException e) {
            return Json.line(new Found(null, e.category(), e.getMessage()));
        } catch (ConfigException e) {
            return Json.line(new Found(null, EngineException.Category.BAD_MODEL, e.getMessage()));
        }
    }

    private static Opened opened(String evaluation, EngineRecipe recipe) {
        try (ExecutorEngines.Lent lent = ExecutorEngines.lend(evaluation, recipe)) {
            EngineInfo info = lent.engine().info();
            Path folder = recipe.spec(Path.of("")).model();
            // A server's checkpoint need not lie where its clients run.
            Manifest.Model model = recipe.server() != null && (recipe.model().isEmpty() || !Files.isDirectory(folder))
                    ? new Manifest.Model(info.modelName(), UNKNOWN, UNKNOWN, 0)
                    : ModelFacts.of(folder, UNKNOWN);
            return new Opened(info, lent.engine() instanceof ScoringEngine, model);
        }
    }

    /** Asks a slice; an engine that fails amid it loses no answer that was there before. */
    static String ask(Slice slice) throws InterruptedException {
        List<ResponseRecord> replied = new ArrayList<>();
        try (ExecutorEngines.Lent lent = ExecutorEngines.lend(slice.evaluation(), slice.recipe())) {
            try {
                TaskEvaluation.ask(
                        Json.read(slice.rules(), TaskSet.Rules.class, "the task"),
                        slice.seed(),
                        slice.concurrency(),
                        lent.engine(),
                        slice.questions().stream().map(ExecutorWork::question).toList(),
                        response -> replied.add(bare(response)));
            } catch (EngineException e) {
                ExecutorEngines.giveUp(slice.evaluation(), lent);
                throw e;
            }
            return Json.line(new Answers(replied, null, null));
        } catch (EngineException e) {
            return Json.line(new Answers(replied, e.category(), String.valueOf(e.getMessage())));
        }
    }

    /** A question as it travels: what is asked, and nothing that only judges need. */
    static String line(TaskEvaluation.Question question) {
        ResponseRecord whole = question.with(List.of(), null);
        return Json.line(new ResponseRecord(
                whole.docId(),
                "",
                whole.prompt(),
                whole.targets(),
                whole.choices(),
                "",
                Map.of(),
                "",
                List.of(),
                null,
                whole.cloze()));
    }

    private static TaskEvaluation.Question question(String line) {
        ResponseRecord asked = Json.read(line, ResponseRecord.class, "a question");
        return new TaskEvaluation.Question(
                asked.docId(),
                new TaskSet.Sample(
                        asked.id(),
                        asked.prompt(),
                        asked.targets(),
                        asked.choices(),
                        "",
                        "",
                        Map.of(),
                        Optional.ofNullable(asked.cloze())
                                .map(cloze -> new TaskSet.Cloze(cloze.prompts(), cloze.ending()))));
    }

    private static ResponseRecord bare(ResponseRecord response) {
        return new ResponseRecord(
                response.docId(),
                "",
                "",
                List.of(),
                List.of(),
                "",
                Map.of(),
                "",
                response.replies(),
                response.failure(),
                null);
    }

    /** Judges responses, a JSON line each, and gives the samples likewise, in their order. */
    static String judge(String rules, List<String> responses) {
        try (TaskScoring scoring = new TaskScoring(Json.read(rules, TaskSet.Rules.class, "the task"))) {
            return responses.stream()
                    .map(line -> Json.line(scoring.judge(Json.read(line, ResponseRecord.class, "a response"))))
                    .collect(Collectors.joining("\n"));
        }
    }
}
