package dev.weighbridge.core.evaluation;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.results.ResponseRecord;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.filter.Filter;
import dev.weighbridge.scoring.filter.Filters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Judges the responses to a task. A pure function of the responses and the task's rules: no engine, no clock, no data set. */
public final class TaskScoring implements AutoCloseable {
    private static final int THREADS =
            Math.max(1, Math.min(8, Runtime.getRuntime().availableProcessors()));

    private final TaskSet.Rules rules;
    private final List<Scorer> scorers = new ArrayList<>();
    private final Map<String, String> models = new LinkedHashMap<>();
    private final List<Score> scores = new ArrayList<>();
    private final List<Judged> judged = new ArrayList<>();

    /**
     * Opens the scorers of a task.
     *
     * @throws ConfigException when one does not exist, does not take what the task asks for, has an unknown option, or cannot
     *     work on this machine
     */
    public TaskScoring(TaskSet.Rules rules) {
        this.rules = rules;
        try {
            for (TaskSet.Rule rule : rules.scorers()) {
                ScorerKind kind = Scorers.kind(rule.id());
                if (kind.accepts() != accepted(rules.asking().output())) {
                    throw new ScoringException("scorer " + rule.id() + " judges no replies of a "
                            + rules.asking().output().id() + " task. Choose another.");
                }
                Scorer scorer = Scorers.open(rule.id(), rule.options(), Path.of(rules.folder()));
                scorers.add(scorer);
                if (!scorer.model().isEmpty()) {
                    models.put(rule.id(), scorer.model());
                }
            }
            for (TaskSet.Pipeline pipeline : rules.pipelines()) {
                open(pipeline);
            }
        } catch (ScoringException e) {
            close();
            throw new ConfigException("task " + rules.id() + ": " + e.getMessage());
        }
        if (scores.isEmpty()) {
            throw new ConfigException("task " + rules.id() + " names no scorer. Name one of "
                    + List.copyOf(Scorers.kinds().keySet()) + ".");
        }
    }

    /**
     * A pipeline of filters.
     *
     * @param name after the names of its scores, with a comma, as lm-evaluation-harness writes it; empty for the first
     */
    private record Judged(String name, List<Filter> filters) {
        String score(String id) {
            return name.isEmpty() ? id : id + "," + name;
        }
    }

    private void open(TaskSet.Pipeline pipeline) {
        Judged opened = new Judged(
                judged.isEmpty() ? "" : pipeline.name(),
                pipeline.filters().stream()
                        .map(rule -> Filters.open(rule.id(), rule.options()))
                        .toList());
        judged.add(opened);
        for (Scorer scorer : scorers) {
            for (Score score : scorer.scores()) {
                String id = opened.score(score.id());
                if (scores.stream().anyMatch(other -> other.id().equals(id))) {
                    throw new ScoringException("two scorers give a score '" + id + "'. Remove one.");
                }
                scores.add(new Score(id, score.aggregation(), score.higherIsBetter(), score.share()));
            }
        }
    }

    private static ScorerKind.Accepts accepted(TaskSet.Output output) {
        return switch (output) {
            case GENERATE -> ScorerKind.Accepts.WRITTEN;
            case MULTIPLE_CHOICE -> ScorerKind.Accepts.CHOICES;
            case LIKELIHOOD, ROLLING -> ScorerKind.Accepts.LIKELIHOOD;
        };
    }

    /** The rules that it judges by. */
    public TaskSet.Rules rules() {
        return rules;
    }

    /** Models by which scorers judge, by scorer; scorers that judge by rules alone are left out. */
    public Map<String, String> models() {
        return Map.copyOf(models);
    }

    /** The scores of the task, the deciding one first. */
    public List<Score> scores() {
        return List.copyOf(scores);
    }

    /**
     * Judges responses on several threads and hands over the samples in their order.
     *
     * @param responses gives each response to its argument, one after the other
     */
    public void judge(Consumer<Consumer<ResponseRecord>> responses, Consumer<SampleRecord> sink)
            throws InterruptedException {
        try (InOrder<SampleRecord> work = new InOrder<>(THREADS, sink)) {
            responses.accept(response -> work.add(() -> judge(response)));
            work.finish();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a response to " + rules.id() + " broke its judge", e.getCause());
        }
    }

    /** Judges one response. What cannot be judged counts as wrong and says why; it never ends the task. */
    public SampleRecord judge(ResponseRecord response) {
        String failure = response.failure();
        Map<String, Object> values = new LinkedHashMap<>();
        List<String> first = List.of();
        if (failure == null) {
            try {
                Question question =
                        new Question(response.prompt(), response.targets(), response.choices(), response.row());
                for (Judged pipeline : judged) {
                    List<Reply> replies = filtered(question, replies(response), pipeline.filters());
                    first = values.isEmpty() ? replies.stream().map(Reply::text).toList() : first;
                    for (Scorer scorer : scorers) {
                        Map<String, double[]> vectors = scorer.score(question, replies);
                        scorer.scores().forEach(score -> values.put(pipeline.score(score.id()), value(vectors, score)));
                    }
                }
            } catch (ScoringException e) {
                failure = "cannot be judged: " + e.getMessage();
                values.clear();
            }
        }
        return record(response, first, values, failure);
    }

    /** Likelihoods are what they are; written answers go through the task's filters, one after the other. */
    private List<Reply> filtered(Question question, List<Reply> replies, List<Filter> filters) {
        if (filters.isEmpty() || rules.asking().output() != TaskSet.Output.GENERATE) {
            return replies;
        }
        List<String> texts = replies.stream().map(Reply::text).toList();
        for (Filter filter : filters) {
            texts = filter.apply(question, texts);
        }
        List<Reply> filtered = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            filtered.add(Reply.written(texts.get(i), replies.get(i).tokens()));
        }
        return filtered;
    }

    private static List<Reply> replies(ResponseRecord response) {
        return response.replies().stream()
                .map(reply -> new Reply(
                        reply.text(),
                        reply.logLikelihood() == null ? Double.NaN : reply.logLikelihood(),
                        reply.tokens(),
                        Boolean.TRUE.equals(reply.greedy())))
                .toList();
    }

    /** A number where the figure is the mean; else the vector, from which alone the figure can be made. */
    private static Object value(Map<String, double[]> vectors, Score score) {
        double[] vector = vectors.get(score.id());
        if (vector == null || vector.length != score.aggregation().width()) {
            throw new IllegalStateException("a scorer promised " + score.id() + " and gave " + Arrays.toString(vector));
        }
        return score.aggregation().id().equals("mean")
                ? (Object) (vector[0] / vector[1])
                : Arrays.stream(vector).boxed().toList();
    }

    private SampleRecord record(
            ResponseRecord response, List<String> filtered, Map<String, Object> values, @Nullable String failure) {
        Map<String, @Nullable Object> doc = new LinkedHashMap<>(response.row());
        doc.put("id", response.id());
        doc.put("cluster", response.cluster());
        String target = response.targets().isEmpty() ? "" : response.targets().get(0);
        Score first = scores.get(0);
        Object deciding = values.get(first.id());
        return new SampleRecord(
                response.docId(),
                doc,
                target,
                Arguments.of(rules.asking(), response),
                raw(response),
                likelihoods(response) ? pairs(response) : List.copyOf(filtered),
                rules.pipelines().get(0).name(),
                scores.stream().map(Score::id).toList(),
                response.docHash(),
                SampleHash.of(response.prompt()),
                SampleHash.of(target),
                deciding instanceof Number number && first.share() ? number.doubleValue() : 0,
                failure,
                values);
    }

    private static boolean likelihoods(ResponseRecord response) {
        return !response.replies().isEmpty() && response.replies().get(0).logLikelihood() != null;
    }

    private static List<Object> raw(ResponseRecord response) {
        if (likelihoods(response)) {
            return pairs(response).stream().<Object>map(List::of).toList();
        }
        return response.replies().isEmpty()
                ? List.of()
                : List.of(response.replies().stream()
                        .map(ResponseRecord.Reply::text)
                        .toList());
    }

    private static List<Object> pairs(ResponseRecord response) {
        return response.replies().stream()
                .<Object>map(reply -> List.of(
                        supplied(reply.logLikelihood(), () -> Double.NaN), supplied(reply.greedy(), () -> false)))
                .toList();
    }

    private static <T> T supplied(@Nullable T value, Supplier<T> other) {
        return value == null ? other.get() : value;
    }

    @Override
    public void close() {
        scorers.forEach(Scorer::close);
    }
}
