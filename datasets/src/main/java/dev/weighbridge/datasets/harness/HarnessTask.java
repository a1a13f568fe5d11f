package dev.weighbridge.datasets.harness;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.datasets.harness.port.PortedFunction;
import dev.weighbridge.datasets.harness.port.PythonRandom;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.template.TemplateException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task that lm-evaluation-harness's file describes, with its rows, as a task set. */
final class HarnessTask {
    /** The seed by which lm-evaluation-harness draws few-shot examples unless it is told another. */
    private static final int SEED = 1234;

    private static final int USUAL_TOKENS = 256;
    private static final int LONGEST_NAME = 81;
    private static final List<String> ROLES = List.of("training", "validation", "test");

    private final HarnessConfig config;
    private final HarnessRows source;
    private final Prompting prompting;
    private final List<String> notes = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();

    private HarnessTask(HarnessConfig config, HarnessRows source, Prompting prompting) {
        this.config = config;
        this.source = source;
        this.prompting = prompting;
    }

    /**
     * Reads a task.
     *
     * @param where its fields stand, for messages
     * @param folder that paths in it are relative to
     * @param data folder of its rows, or a file of those that are asked; {@code null} where the task says where they are
     * @param prompting how its prompts are put before a model
     * @throws DataException when it cannot be read, needs Python, or makes no sample
     */
    static TaskSet load(
            String where, Map<String, @Nullable Object> fields, Path folder, @Nullable Path data, Prompting prompting) {
        HarnessConfig config = HarnessConfig.of(where, fields);
        return new HarnessTask(config, new HarnessRows(config.data(), folder, data), prompting.of(config.output()))
                .load(fields);
    }

    private TaskSet load(Map<String, @Nullable Object> fields) {
        String asked = Optional.ofNullable(config.splits().get("test"))
                .or(() -> Optional.ofNullable(config.splits().get("validation")))
                .orElseThrow(() -> new DataException(
                        "task " + config.task() + " has neither a test_split nor a validation_split to be asked"));
        HarnessRows.Split split = HarnessRows.made(source.read(asked, true), config.rows());
        if (split.rows().isEmpty()) {
            throw new DataException("split '" + asked + "' of task " + config.task() + " has no rows: " + split.files()
                    + split.broken());
        }
        files.addAll(split.files());
        List<String> broken = new ArrayList<>(split.broken());
        List<TaskSet.Sample> samples = samples(asked, split, broken);
        if (samples.isEmpty()) {
            throw new DataException(
                    "task " + config.task() + " makes no sample of " + split.files() + ": " + broken.get(0));
        }
        List<TaskSet.Rule> scorers =
                HarnessRules.scorers(config, samples.get(0).choices().size(), notes);
        TaskSet.Rules rules = new TaskSet.Rules(
                name(config.task()),
                config.version(),
                "unknown",
                hash(fields),
                asking(HarnessRules.alone(config)),
                HarnessRules.pipelines(config),
                scorers,
                "",
                new TaskSet.Listing(config.alias(), config.shots().count(), List.of()),
                prompting);
        return new TaskSet(rules, samples, broken, notes);
    }

    private List<TaskSet.Sample> samples(String asked, HarnessRows.Split split, List<String> broken) {
        RowValues values = new RowValues(split.columns(), config.question().choices() != null);
        Map<String, @Nullable Object> first = split.rows().get(0);
        boolean blanks;
        boolean several;
        try {
            blanks = config.question().choices() != null
                    && values.text(config.question().text(), first) instanceof Long;
            several = values.target(config.question().target(), first) instanceof List<?>;
        } catch (TemplateException | DataException e) {
            throw new DataException(
                    "the first row of split '" + asked + "' of task " + config.task() + ": " + e.getMessage(), e);
        }
        PromptAssembly assembly = new PromptAssembly(config, values, blanks, prompting);
        HarnessSamples maker = new HarnessSamples(config, values, assembly, blanks, several, prompting);
        Shots shots = shots(asked, split);
        List<TaskSet.Sample> samples = new ArrayList<>();
        int number = 0;
        for (Map<String, @Nullable Object> row : split.rows()) {
            number++;
            try {
                samples.add(maker.sample(name(config.task()) + "-" + number, row, shots.before(row)));
            } catch (TemplateException | DataException e) {
                broken.add("row " + number + " of split '" + asked + "' " + e.getMessage());
            }
        }
        return samples;
    }

    /** Draws solved questions, anew for each row, as they were drawn there. */
    private record Shots(
            HarnessConfig.Shots rule,
            List<Map<String, @Nullable Object>> pool,
            boolean withoutAsked,
            PythonRandom random) {
        List<Map<String, @Nullable Object>> before(Map<String, @Nullable Object> row) {
            if (rule.count() == 0) {
                return List.of();
            }
            List<Map<String, @Nullable Object>> others = withoutAsked ? without(row, pool) : pool;
            if (rule.sampler().equals("first_n")) {
                require(others.size() >= rule.count());
                return others.subList(0, rule.count());
            }
            if (!withoutAsked) {
                require(pool.size() >= rule.count());
                return random.sample(pool, rule.count());
            }
            require(pool.size() > rule.count());
            List<Map<String, @Nullable Object>> drawn = without(row, random.sample(pool, rule.count() + 1));
            if (drawn.size() < rule.count()) {
                require(others.size() >= rule.count());
                return random.sample(others, rule.count());
            }
            return drawn.subList(0, rule.count());
        }

        private void require(boolean enough) {
            if (!enough) {
                throw new DataException(
                        "needs " + rule.count() + " solved questions of " + pool.size() + " rows, itself left out");
            }
        }

        private static List<Map<String, @Nullable Object>> without(
                Map<String, @Nullable Object> row, List<Map<String, @Nullable Object>> rows) {
            return rows.stream().filter(other -> !other.equals(row)).toList();
        }
    }

    private Shots shots(String asked, HarnessRows.Split questions) {
        HarnessConfig.Shots rule = config.shots();
        boolean withoutAsked = Objects.equals(rule.split(), config.splits().get("test"));
        PythonRandom random = new PythonRandom(SEED);
        if (rule.count() == 0) {
            return new Shots(rule, List.of(), withoutAsked, random);
        }
        if (rule.split() == null && rule.samples() != null) {
            return new Shots(rule, rule.samples(), withoutAsked, random);
        }
        PortedFunction.Samples chosen = rule.chosen();
        if (rule.split() == null && chosen != null) {
            return new Shots(rule, chosen.from(name -> pool(name).rows()), withoutAsked, random);
        }
        String split = rule.split() != null
                ? rule.split()
                : ROLES.stream()
                        .map(role -> config.splits().get(role))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(asked);
        if (split.equals(asked)) {
            notes.add("solved questions are drawn from split '" + asked + "', which is also asked; only the asked row"
                    + " itself is left out of those before it");
        }
        HarnessRows.Split pool = split.equals(asked) && Objects.equals(rule.rows(), config.rows())
                ? questions
                : HarnessRows.made(pool(split), rule.split() == null ? config.rows() : rule.rows());
        return new Shots(rule, pool.rows(), withoutAsked, random);
    }

    /** The rows of a split that solved questions come from. */
    private HarnessRows.Split pool(String split) {
        HarnessRows.Split pool = source.read(split, false);
        files.addAll(pool.files());
        if (!pool.broken().isEmpty()) {
            throw new DataException("split '" + split + "', which solved questions are drawn from, is broken: "
                    + pool.broken().get(0));
        }
        return pool;
    }

    private TaskSet.Asking asking(boolean alone) {
        Map<String, @Nullable Object> generation = config.generation();
        double temperature = number(generation, "temperature", 0);
        if (Boolean.FALSE.equals(generation.get("do_sample"))) {
            temperature = 0;
        } else if (Boolean.TRUE.equals(generation.get("do_sample")) && !generation.containsKey("temperature")) {
            temperature = 1;
        }
        double topP = number(generation, "top_p", 1);
        if (!(topP > 0 && topP <= 1)) {
            throw new DataException("task " + config.task() + ": 'top_p' must be above 0 and at most 1, got: "
                    + generation.get("top_p"));
        }
        Object until = generation.get("until");
        List<String> stop = new ArrayList<>();
        for (Object text : until == null ? List.of() : until instanceof List<?> list ? list : List.of(until)) {
            if (text != null && !text.toString().isEmpty()) {
                stop.add(text.toString());
            }
        }
        boolean chosen = config.output() == TaskSet.Output.MULTIPLE_CHOICE;
        return new TaskSet.Asking(
                config.output(),
                (int) number(generation, "max_gen_toks", USUAL_TOKENS),
                config.output() == TaskSet.Output.GENERATE ? stop : List.of(),
                temperature,
                config.repeats(),
                chosen ? PromptAssembly.choiceDelimiter(config.question(), prompting) : "",
                new TaskSet.Details(topP, (int) number(generation, "top_k", 0), alone));
    }

    private double number(Map<String, @Nullable Object> generation, String name, double usual) {
        Object value = generation.get(name);
        if (value == null) {
            return usual;
        }
        try {
            double number = Double.parseDouble(value.toString());
            if (number >= 0 && number <= 1 << 20) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is out of bounds.
        }
        throw new DataException("task " + config.task() + ": '" + name + "' must be a number from 0 to " + (1 << 20)
                + ", got: " + value);
    }

    /** A name that can be part of a file's name. */
    private static String name(String task) {
        String safe = task.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[^A-Za-z0-9]+", "");
        if (safe.isEmpty()) {
            throw new DataException("task '" + task + "' has no letter or digit in its name");
        }
        return safe.length() > LONGEST_NAME ? safe.substring(0, LONGEST_NAME) : safe;
    }

    private String hash(Map<String, @Nullable Object> fields) {
        StringBuilder hashes = new StringBuilder(fields.toString()).append(prompting.identity());
        files.forEach(file -> hashes.append(RowReader.of(file).sha256()));
        return TaskSets.sha256(hashes.toString().getBytes(StandardCharsets.UTF_8));
    }
}
