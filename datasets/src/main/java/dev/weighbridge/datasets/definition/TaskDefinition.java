package dev.weighbridge.datasets.definition;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.template.Template;
import dev.weighbridge.datasets.template.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A task file as it is written, checked, before its rows are read.
 *
 * @param id of the task
 * @param version of its rows and rules
 * @param licence SPDX id of the rows
 * @param data files of the rows, relative to the task file
 * @param sha256 that the first file must have, or empty
 * @param columns of a file without a header
 * @param path to the rows in a JSON document
 * @param split regular expression before each match of which a text file is cut into rows; empty for none
 * @param asking what is asked
 * @param description text before everything
 * @param prompt of a row
 * @param targets right answers of a row
 * @param choices of a row
 * @param sample id of a row's sample
 * @param cluster of a row's sample
 * @param stratum of a row's sample
 * @param fewShot solved samples before the question
 * @param filters of written answers
 * @param scorers of answers
 */
record TaskDefinition(
        String id,
        String version,
        String licence,
        List<String> data,
        String sha256,
        List<String> columns,
        List<String> path,
        String split,
        TaskSet.Asking asking,
        String description,
        Template prompt,
        List<Template> targets,
        Optional<List<Template>> choices,
        Optional<Template> sample,
        Optional<Template> cluster,
        Optional<Template> stratum,
        Optional<FewShot> fewShot,
        List<TaskSet.Rule> filters,
        List<TaskSet.Rule> scorers) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,80}");
    private static final int MOST_TOKENS = 1 << 20;
    private static final int MOST_REPEATS = 1000;

    /**
     * Reads the fields of a task file.
     *
     * @throws DataException with the first problem that is found
     */
    static TaskDefinition of(Fields fields) {
        String id = fields.text("task");
        if (!NAME.matcher(id).matches()) {
            throw fields.problem("task", "letters, digits, '.', '_' and '-', at most 81", id);
        }
        Optional<List<Template>> choices = Optional.ofNullable(fields.any("choices"))
                .map(value -> templates("choices", value instanceof List<?> list ? list : List.of(value)));
        Object target = fields.any("target");
        TaskDefinition definition = new TaskDefinition(
                id,
                fields.text("version", "1"),
                fields.text("licence", "unknown"),
                fields.texts("data", List.of()),
                fields.text("sha256", ""),
                fields.texts("columns", List.of()),
                fields.texts("rows", List.of()),
                fields.text("split", ""),
                asking(fields, choices.isPresent()),
                fields.text("description", ""),
                template("prompt", fields.text("prompt", "")),
                target == null
                        ? List.of()
                        : templates("target", target instanceof List<?> list ? list : List.of(target)),
                choices,
                optional(fields, "id"),
                optional(fields, "cluster"),
                optional(fields, "stratum"),
                fields.has("few-shot") ? Optional.of(FewShot.of(fields.section("few-shot"))) : Optional.empty(),
                rules(fields, "filter"),
                rules(fields, "score"));
        fields.end();
        definition.check(fields);
        return definition;
    }

    private void check(Fields fields) {
        if (data.isEmpty()) {
            throw fields.problem("data", "the file of its rows", null);
        }
        if (scorers.isEmpty()) {
            throw fields.problem("score", "a scorer", null);
        }
        boolean likelihood = asking.output() == TaskSet.Output.LIKELIHOOD || asking.output() == TaskSet.Output.ROLLING;
        if (likelihood && targets.isEmpty()) {
            throw fields.problem("target", "the text whose likelihood is asked", null);
        }
        if ((asking.output() == TaskSet.Output.MULTIPLE_CHOICE) != choices.isPresent()) {
            throw fields.problem(
                    "choices",
                    "there for output multiple-choice and for no other",
                    asking.output().id());
        }
    }

    private static TaskSet.Asking asking(Fields fields, boolean choices) {
        String output =
                fields.text("output", (choices ? TaskSet.Output.MULTIPLE_CHOICE : TaskSet.Output.GENERATE).id());
        TaskSet.Output asked;
        try {
            asked = TaskSet.Output.valueOf(output.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw fields.problem("output", "generate, multiple-choice, likelihood or rolling", output);
        }
        double temperature = fields.number("temperature", 0, 0, 100);
        int repeats = fields.whole("repeats", 1, 1, MOST_REPEATS);
        if (repeats > 1 && temperature == 0) {
            throw fields.problem("repeats", "1 where the temperature is 0, as all answers are the same", repeats);
        }
        return new TaskSet.Asking(
                asked,
                fields.whole("max-tokens", 256, 1, MOST_TOKENS),
                fields.texts("stop", List.of()),
                temperature,
                repeats,
                fields.text("delimiter", " "));
    }

    private static List<TaskSet.Rule> rules(Fields fields, String name) {
        Object value = fields.any(name);
        List<TaskSet.Rule> rules = new ArrayList<>();
        for (Object element : value == null ? List.of() : value instanceof List<?> list ? list : List.of(value)) {
            if (element instanceof String id) {
                rules.add(TaskSet.Rule.of(id));
            } else if (element instanceof Map<?, ?> map
                    && map.size() == 1
                    && map.values().iterator().next() instanceof Map<?, ?> options) {
                rules.add(new TaskSet.Rule(
                        String.valueOf(map.keySet().iterator().next()), withoutNulls(Fields.map(options))));
            } else {
                throw fields.problem(name, "a name, or a name with its options below it", element);
            }
        }
        return rules;
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> options) {
        Map<String, Object> kept = new java.util.LinkedHashMap<>();
        options.forEach((name, value) -> {
            if (value != null) {
                kept.put(name, value);
            }
        });
        return kept;
    }

    private static Optional<Template> optional(Fields fields, String name) {
        return fields.has(name) ? Optional.of(template(name, fields.text(name))) : Optional.empty();
    }

    private static List<Template> templates(String name, List<?> values) {
        return values.stream()
                .map(value -> template(name, String.valueOf(value)))
                .toList();
    }

    private static Template template(String name, String text) {
        try {
            return Template.parse(text);
        } catch (TemplateException e) {
            throw new DataException("'" + name + "' of the task is no template: " + e.getMessage());
        }
    }
}
