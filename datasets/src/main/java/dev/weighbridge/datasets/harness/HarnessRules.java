package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.harness.port.FilterOptions;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.harness.port.PythonPattern;
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
    private static final Set<String> FURTHER = Set.of("exact_match", "acc_mutual_info");
    private static final Set<String> OF_TWO = Set.of("f1", "mcc");
    private static final Set<String> TRANSLATION = Set.of("bleu", "chrf", "chrf++", "ter");
    /** By what a metric's figure is made, where it is not the mean. */
    private static final Map<String, String> FIGURES = Map.ofEntries(
            Map.entry("f1", "f1"),
            Map.entry("mcc", "matthews_corrcoef"),
            Map.entry("brier_score", "brier_score"),
            Map.entry("perplexity", "perplexity"),
            Map.entry("word_perplexity", "weighted_perplexity"),
            Map.entry("byte_perplexity", "weighted_perplexity"),
            Map.entry("bits_per_byte", "bits_per_byte"),
            Map.entry("bleu", "bleu"),
            Map.entry("chrf", "chrf"),
            Map.entry("chrf++", "chrf++"),
            Map.entry("ter", "ter"));

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
                rules.addAll(filters(config.task(), HarnessConfig.copy(map)));
            }
            pipelines.add(new TaskSet.Pipeline(String.valueOf(pipeline.get("name")), rules));
        }
        return pipelines;
    }

    private static List<TaskSet.Rule> filters(String task, Map<String, @Nullable Object> step) {
        Object function = "custom".equals(step.get("function")) ? step.get("filter_fn") : step.get("function");
        return function instanceof HarnessFile.Function python
                ? python.ported("task " + task + ": a filter", PortedFunction.Filters.class)
                        .filters(step)
                : List.of(filter(task, step));
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
                Object otherwise = step.get("default_value");
                if (otherwise != null) {
                    options.put("otherwise", otherwise.toString());
                }
            }
            case "multi_choice_regex" -> {
                return FilterOptions.choice(step, "choices");
            }
            case "regex" -> {
                Object pattern = step.get("regex_pattern");
                options.put(
                        "pattern",
                        PythonPattern.toJava(pattern == null ? "#### (\\-?[0-9\\.\\,]+)" : pattern.toString()));
                options.putAll(FilterOptions.selected(step));
            }
            default ->
                throw new DataException("task " + task + " uses the filter '" + step.get("function")
                        + "', which is not known here. Known are map, multi_choice_regex, regex, take_first_k and "
                        + PLAIN.keySet() + ".");
        }
        String own = name.equals("take_first_k") ? "take-first-k" : name;
        return new TaskSet.Rule(own, options);
    }

    /**
     * Scorers of the metrics.
     *
     * @param choices of the first row
     * @param notes gets what is left out, in words
     * @throws DataException when none of the metrics is known here
     */
    static List<TaskSet.Rule> scorers(HarnessConfig config, int choices, List<String> notes) {
        PortedFunction.Results results = config.results();
        if (results != null) {
            notes.addAll(unknown(config, results.metrics()));
            return results.scorers();
        }
        List<TaskSet.Rule> scorers = new ArrayList<>();
        Map<String, Object> chosen = new LinkedHashMap<>();
        List<Object> names = new ArrayList<>();
        boolean ofChoices = false;
        for (Map<String, @Nullable Object> metric : metrics(config)) {
            Object named = metric.get("metric");
            String name = String.valueOf(named);
            names.add(name);
            boolean known = true;
            Object figure = metric.get("aggregation");
            if (figure != null && !name.equals("bypass") && !figure.equals(FIGURES.getOrDefault(name, "mean"))) {
                notes.add("metric '" + name + "' is not computed: its figure is made by " + figure);
                continue;
            }
            if (named instanceof HarnessFile.Function python) {
                scorers.add(python.ported("task " + config.task() + ": a metric", PortedFunction.Metric.class)
                        .scorer(metric));
            } else if (config.output() == TaskSet.Output.MULTIPLE_CHOICE) {
                known = choice(name, choices, chosen);
                ofChoices |= known;
            } else {
                known = added(scorer(config, name, metric), scorers);
            }
            if (!known) {
                notes.add("metric '" + name + "' is not computed");
            }
        }
        if (ofChoices) {
            scorers.add(0, new TaskSet.Rule("choice", chosen));
        }
        if (scorers.isEmpty()) {
            throw new DataException("task " + config.task() + " is judged by " + names
                    + ", of which none is known here for its output type and the way its figure is made");
        }
        return List.copyOf(scorers);
    }

    /** Whether each choice is asked with nothing before it as well, which one of the metrics needs. */
    static boolean alone(HarnessConfig config) {
        return config.output() == TaskSet.Output.MULTIPLE_CHOICE
                && metrics(config).stream().anyMatch(metric -> "acc_mutual_info".equals(metric.get("metric")));
    }

    private static List<Map<String, @Nullable Object>> metrics(HarnessConfig config) {
        if (config.metrics() != null) {
            return config.metrics();
        }
        return USUAL.getOrDefault(config.output(), List.of()).stream()
                .map(name -> HarnessConfig.copy(Map.of("metric", name)))
                .toList();
    }

    /** Metrics that a ported judge does not give; a figure that is made in Python must be ported with it. */
    private static List<String> unknown(HarnessConfig config, List<String> known) {
        List<String> unknown = new ArrayList<>();
        for (Map<String, @Nullable Object> metric : metrics(config)) {
            if (metric.get("aggregation") instanceof HarnessFile.Function python) {
                python.ported("task " + config.task() + ": an aggregation", PortedFunction.Aggregation.class);
            }
            String name = String.valueOf(metric.get("metric"));
            if (!known.contains(name)) {
                unknown.add("metric '" + name + "' is not computed");
            }
        }
        return unknown;
    }

    private static boolean added(TaskSet.@Nullable Rule scorer, List<TaskSet.Rule> scorers) {
        if (scorer != null && scorers.stream().noneMatch(other -> other.id().equals(scorer.id()))) {
            scorers.add(scorer);
        }
        return scorer != null;
    }

    /** Adds a metric to the options of the one scorer of choices; the first that can decide does. */
    private static boolean choice(String name, int choices, Map<String, Object> options) {
        boolean further = FURTHER.contains(name) || (OF_TWO.contains(name) && choices == 2);
        if (further) {
            List<Object> also = new ArrayList<>(options.get("also") instanceof List<?> list ? list : List.of());
            also.add(name);
            options.put("also", also);
        }
        if (CHOICE.contains(name) || FURTHER.contains(name)) {
            options.putIfAbsent("main", name);
        }
        return further || CHOICE.contains(name) || name.equals("brier_score");
    }

    private static TaskSet.@Nullable Rule scorer(
            HarnessConfig config, String name, Map<String, @Nullable Object> options) {
        if (config.output() == TaskSet.Output.GENERATE && TRANSLATION.contains(name)) {
            // One scorer gives all of them; edits are counted where they are asked for, since that takes time.
            boolean edits = metrics(config).stream().anyMatch(metric -> "ter".equals(metric.get("metric")));
            return new TaskSet.Rule("translation", edits ? Map.of("ter", true) : Map.of());
        }
        return switch (config.output()) {
            case MULTIPLE_CHOICE -> null;
            case LIKELIHOOD -> Set.of("perplexity", "acc").contains(name) ? TaskSet.Rule.of("likelihood") : null;
            case ROLLING ->
                USUAL.getOrDefault(TaskSet.Output.ROLLING, List.of()).contains(name)
                        ? TaskSet.Rule.of("perplexity")
                        : null;
            case GENERATE -> written(name, options);
        };
    }

    private static TaskSet.@Nullable Rule written(String name, Map<String, @Nullable Object> metric) {
        if (name.equals("bypass")) {
            return TaskSet.Rule.of("length");
        }
        if (!name.equals("exact_match")) {
            return null;
        }
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("spaces", true);
        if (metric.get("regexes_to_ignore") instanceof List<?> patterns) {
            options.put("ignore", FilterOptions.patterns(patterns));
        }
        options.put("capitals", !Boolean.TRUE.equals(metric.get("ignore_case")));
        options.put("punctuation", !Boolean.TRUE.equals(metric.get("ignore_punctuation")));
        options.put("digits", !Boolean.TRUE.equals(metric.get("ignore_numbers")));
        return new TaskSet.Rule("exact-match", options);
    }
}
