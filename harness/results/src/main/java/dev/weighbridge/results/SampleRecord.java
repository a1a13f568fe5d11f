package dev.weighbridge.results;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One judged sample of a task. Field names and shapes, in snake case in the file, are those of lm-evaluation-harness's
 * {@code samples_<task>.jsonl}, so that its readers can read ours: each score is a field of its own name.
 *
 * @param docId position of the sample in its task set
 * @param doc the sample's row, with {@code id} and {@code cluster}, the source that it shares with others
 * @param target the right answer, the first one where there are several
 * @param arguments what the model was asked: {@code gen_args_<request>} with {@code arg_<i>}
 * @param resps what it answered, raw: for each request a list of its repeats; a likelihood is a pair with its greedy flag
 * @param filteredResps what was judged, by request
 * @param filter name of the rules that made it from the raw one
 * @param metrics names of the scores, the deciding one first
 * @param docHash sha256 of the sample, hex
 * @param promptHash sha256 of the prompt, hex
 * @param targetHash sha256 of the target, hex
 * @param score the deciding score: from 0, wrong, to 1, right, for scores that are shares
 * @param failure why the sample could not be answered or judged, or {@code null} when it was; such a sample counts as wrong
 * @param scores by name; a number where the task's figure is their mean, else the numbers that its figure is made of
 */
public record SampleRecord(
        int docId,
        Map<String, @Nullable Object> doc,
        String target,
        Map<String, Object> arguments,
        List<Object> resps,
        List<Object> filteredResps,
        String filter,
        List<String> metrics,
        String docHash,
        String promptHash,
        String targetHash,
        double score,
        @Nullable String failure,
        @JsonAnyGetter @JsonAnySetter Map<String, Object> scores) {
    private static final List<String> SOURCES = List.of("id", "cluster", "source");

    public SampleRecord {
        doc = Collections.unmodifiableMap(new LinkedHashMap<>(doc));
        arguments = Map.copyOf(arguments);
        resps = List.copyOf(resps);
        filteredResps = List.copyOf(filteredResps);
        metrics = List.copyOf(metrics);
        scores = scores == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(scores));
        scores.forEach((name, value) -> {
            if (!(value instanceof Number)
                    && !(value instanceof List<?> list && list.stream().allMatch(Number.class::isInstance))) {
                throw new InvalidResultException(
                        "field '" + name + "' of a sample is no score: a number or a list of numbers, got: " + value);
            }
        });
    }

    /**
     * The same without what was asked and answered: what statistics need, so that many of them can be held. Of the sample's row
     * only what says which samples share a source is left.
     */
    public SampleRecord slim() {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        for (String key : SOURCES) {
            if (doc.containsKey(key)) {
                kept.put(key, doc.get(key));
            }
        }
        return new SampleRecord(
                docId,
                kept,
                "",
                Map.of(),
                List.of(),
                List.of(),
                filter,
                metrics,
                docHash,
                promptHash,
                targetHash,
                score,
                failure,
                scores);
    }

    /**
     * The numbers of a score that the task's figure is made of; a plain number is one of a mean.
     *
     * @return {@code null} when the sample has no such score
     */
    public double @Nullable [] vector(String name) {
        Object value = scores.get(name);
        if (value instanceof Number number) {
            return new double[] {number.doubleValue(), 1};
        }
        return value instanceof List<?> list
                ? list.stream()
                        .mapToDouble(element -> ((Number) element).doubleValue())
                        .toArray()
                : null;
    }
}
