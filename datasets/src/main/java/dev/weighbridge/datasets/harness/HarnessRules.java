package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says in our filters and scorers what a task file of lm-evaluation-harness says in its own. */
final class HarnessRules {
    private static final Map<TaskSet.Output, List<String>> USUAL = Map.of(
            TaskSet.Output.GENERATE, List.of("exact_match"),
            TaskSet.Output.MULTIPLE_CHOICE, List.of("acc", "acc_norm"),
            TaskSet.Output.LIKELIHOOD, List.of("perplexity", "acc"),
            TaskSet.Output.ROLLING, List.of("word_perplexity", "byte_perplexity", "bits_per_byte"));
    private static final Set<String> CHOICE = Set.of("acc", "acc_norm", "acc_bytes");
    private static final Set<String> TRANSLATION = Set.of("bleu", "chrf");
    private static final Map<String, String> PLAIN = Map.of(
            "take_first", "take-first",
            "majority_vote", "majority-vote",
            "remove_whitespace", "strip",
            "lowercase", "lower",
            "uppercase", "upper");

    private HarnessRules() {}

    /**
     * Pipelines of filters.
     *
     * @throws DataException when one is not known here
     */
    static List<TaskSet.Pipeline> pipelines(HarnessConfig config) {
        if (config.filters() == null) {
            return List.of(new TaskSet.Pipeline("none", List.of(TaskSet.Rule.of("take-first"))));
        }
        List<TaskSet.Pipeline> pipelines = new ArrayList<>();
        for (Map<String, @Nullable Object> pipeline : config.filters()) {
            List<TaskSet.Rule> rules = new ArrayList<>();
            if (!(pipeline.get("filter") instanceof List<?> steps)) {
                throw new DataException("task " + config.task() + " has a filter without steps: " + pipeline);
            }
            for (Object step : steps) {
                if (!(step instanceof Map<?, ?> map)) {
                    throw new DataException("task " + config.task() + " has a filter that is no function: " + step);
                }
                rules.add(filter(config.task(), HarnessConfig.copy(map)));
            }
            pipelines.add(new TaskSet.Pipeline(String.valueOf(pipeline.get("name")), rules));
        }
        return pipelines;
    }

    private static TaskSet.Rule filter(String task, Map<String, @Nullable Object> step) {
        String name = String.valueOf(step.get("function"));
        if (PLAIN.containsKey(name)) {
            return TaskSet.Rule.of(PLAIN.getOrDefault(name, name));
        }
        Map<String, Object> options = new LinkedHashMap<>();
        switch (name) {
            case "take_first_k" -> options.put("k", step.getOrDefault("k", 1));
            case "map" -> {
                options.put("to", step.getOrDefault("mapping_dict", Map.of()));
                put(options, "otherwise", text(step.get("default_value")));
            }
            case "regex" -> {
                Object pattern = step.get("regex_pattern");
                options.put(
                        "pattern",
                        PythonPattern.toJava(pattern == null ? "#### (\\-?[0-9\\.\\,]+)" : pattern.toString()));
                put(options, "select", text(step.get("group_select")));
                put(options, "fallback", text(step.get("fallback")));
            }
            default ->
                throw new DataException("task " + task + " uses the filter '" + step.get("function")
                        + "', which is not known here. Known are map, regex, take_first_k and " + PLAIN.keySet() + ".");
        }
        String own = name.equals("take_first_k") ? "take-first-k" : name;
        return new TaskSet.Rule(own, options);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static void put(Map<String, Object> options, String name, @Nullable Object value) {
        if (value != null) {
            options.put(name, value);
        }
    }

    /**
     * Scorers of the metrics.
     *
     * @param notes gets what is left out, in words
     * @throws DataException when none of the metrics is known here
     */
    static List<TaskSet.Rule> scorers(HarnessConfig config, List<String> notes) {
        Map<String, Map<String, @Nullable Object>> metrics = new LinkedHashMap<>();
        if (config.metrics() == null) {
            USUAL.getOrDefault(config.output(), List.of()).forEach(name -> metrics.put(name, Map.of()));
        } else {
            config.metrics().forEach(metric -> metrics.put(String.valueOf(metric.get("metric")), metric));
        }
        Map<String, TaskSet.Rule> scorers = new LinkedHashMap<>();
        metrics.forEach((name, options) -> {
            TaskSet.Rule scorer = scorer(config.output(), name, options);
            if (scorer == null) {
                notes.add("metric '" + name + "' is not computed");
            } else {
                scorers.putIfAbsent(scorer.id(), scorer);
            }
        });
        if (scorers.isEmpty()) {
            throw new DataException("task " + config.task() + " is judged by " + metrics.keySet()
                    + ", of which none is known here for its output type");
        }
        return List.copyOf(scorers.values());
    }

    private static TaskSet.@Nullable Rule scorer(
            TaskSet.Output output, String name, Map<String, @Nullable Object> options) {
        return switch (output) {
            case MULTIPLE_CHOICE ->
                CHOICE.contains(name)
                        ? new TaskSet.Rule("choice", Map.of("main", name))
                        : name.equals("brier_score") ? TaskSet.Rule.of("choice") : null;
            case LIKELIHOOD -> Set.of("perplexity", "acc").contains(name) ? TaskSet.Rule.of("likelihood") : null;
            case ROLLING -> USUAL.getOrDefault(output, List.of()).contains(name) ? TaskSet.Rule.of("perplexity") : null;
            case GENERATE -> written(name, options);
        };
    }

    private static TaskSet.@Nullable Rule written(String name, Map<String, @Nullable Object> metric) {
        if (TRANSLATION.contains(name)) {
            return TaskSet.Rule.of("translation");
        }
        if (name.equals("bypass")) {
            return TaskSet.Rule.of("length");
        }
        if (!name.equals("exact_match")) {
            return null;
        }
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("spaces", true);
        if (metric.get("regexes_to_ignore") instanceof List<?> patterns) {
            options.put(
                    "ignore",
                    patterns.stream()
                            .map(pattern -> PythonPattern.toJava(String.valueOf(pattern)))
                            .toList());
        }
        options.put("capitals", !Boolean.TRUE.equals(metric.get("ignore_case")));
        options.put("punctuation", !Boolean.TRUE.equals(metric.get("ignore_punctuation")));
        options.put("digits", !Boolean.TRUE.equals(metric.get("ignore_numbers")));
        return new TaskSet.Rule("exact-match", options);
    }
}
