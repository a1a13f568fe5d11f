package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.ResponseRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lengths of a variant's written answers to tasks, in tokens as its engine counts them, alone and against the baseline's answers to
 * the same prompts. Answers whose tokens an engine does not count are left out, and so are likelihoods.
 */
public final class AnswerLengths {
    private static final String CUT = "length";

    private final Map<String, Map<String, Answer>> byTask = new LinkedHashMap<>();

    /**
     * One written answer.
     *
     * @param tokens of it
     * @param cut whether it ended at the limit of tokens
     * @param source what it shares with others: its sample, or the text that several samples are about
     */
    private record Answer(int tokens, boolean cut, String source) {}

    /** Two answers to the same prompt. */
    private record Pair(Answer own, Answer base) {}

    /** Takes in the answers to a sample, each repeat for itself. */
    public void add(String task, ResponseRecord response) {
        Map<String, Answer> answers = byTask.computeIfAbsent(task, id -> new LinkedHashMap<>());
        for (int repeat = 0; repeat < response.replies().size(); repeat++) {
            ResponseRecord.Reply reply = response.replies().get(repeat);
            if (reply.finishReason() != null && reply.tokens() >= 0) {
                answers.put(
                        response.docHash() + "/" + repeat,
                        new Answer(reply.tokens(), CUT.equals(reply.finishReason()), task + "/" + response.cluster()));
            }
        }
    }

    /**
     * The figures over all tasks (empty scope), then by task: the share of answers cut at the limit, and against the baseline the
     * mean paired difference in tokens and the share of answers of another length. Intervals are over sources.
     *
     * @param baseline answers of the baseline; empty for the baseline itself
     */
    public List<Measurement> measurements(AnswerLengths baseline) {
        List<Answer> all = byTask.values().stream()
                .flatMap(answers -> answers.values().stream())
                .toList();
        if (all.isEmpty()) {
            return List.of();
        }
        List<Pair> pairs = new ArrayList<>();
        Map<String, List<Pair>> pairsByTask = new LinkedHashMap<>();
        byTask.forEach((task, answers) -> {
            List<Pair> ofTask = pairs(answers, baseline.byTask.getOrDefault(task, Map.of()));
            pairsByTask.put(task, ofTask);
            pairs.addAll(ofTask);
        });
        List<Measurement> figures = new ArrayList<>(figures("", all, pairs));
        byTask.forEach((task, answers) -> {
            if (!answers.isEmpty()) {
                figures.addAll(figures(task, answers.values(), pairsByTask.getOrDefault(task, List.of())));
            }
        });
        return figures;
    }

    private static List<Pair> pairs(Map<String, Answer> own, Map<String, Answer> base) {
        List<Pair> pairs = new ArrayList<>();
        own.forEach((key, answer) -> {
            Answer other = base.get(key);
            if (other != null) {
                pairs.add(new Pair(answer, other));
            }
        });
        return pairs;
    }

    private static List<Measurement> figures(String scope, Collection<Answer> own, List<Pair> pairs) {
        List<Measurement> figures = new ArrayList<>();
        figures.add(Proportion.clustered(
                "answers_cut",
                scope,
                own.stream().map(Answer::cut).toList(),
                own.stream().map(Answer::source).toList()));
        if (!pairs.isEmpty()) {
            List<String> sources =
                    pairs.stream().map(pair -> pair.own().source()).toList();
            LengthDrift drift = LengthDrift.of(
                    pairs.stream().mapToInt(pair -> pair.base().tokens()).toArray(),
                    pairs.stream().mapToInt(pair -> pair.own().tokens()).toArray(),
                    sources);
            figures.add(new Measurement(
                    "answer_length_drift",
                    scope,
                    "answer_length_drift",
                    drift.meanDifference(),
                    "tokens",
                    drift.n(),
                    drift.low(),
                    drift.high(),
                    false));
            figures.add(Proportion.clustered(
                    "answers_of_other_length",
                    scope,
                    pairs.stream()
                            .map(pair -> pair.own().tokens() != pair.base().tokens())
                            .toList(),
                    sources));
        }
        return figures;
    }
}
