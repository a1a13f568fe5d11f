package dev.weighbridge.datasets;

import dev.weighbridge.api.ChatMessage;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A set of samples with what is asked of a model and how its answers are judged.
 *
 * @param rules of the task
 * @param samples in a fixed order
 * @param broken rows that make no sample, in words with their place; each costs itself only
 * @param notes what a reader of its scores should know, as a metric that is left out
 */
public record TaskSet(Rules rules, List<Sample> samples, List<String> broken, List<String> notes) {
    public TaskSet {
        samples = List.copyOf(samples);
        broken = List.copyOf(broken);
        notes = List.copyOf(notes);
    }

    /** A set without broken rows. */
    public TaskSet(Rules rules, List<Sample> samples) {
        this(rules, samples, List.of(), List.of());
    }

    public String id() {
        return rules.id();
    }

    /** The same under another id. */
    public TaskSet called(String other) {
        return new TaskSet(rules.called(other), samples, broken, notes);
    }

    /** What a model is asked for. */
    public enum Output {
        /** It writes an answer. */
        GENERATE,
        /** It says how likely it finds each choice. */
        MULTIPLE_CHOICE,
        /** It says how likely it finds the target after the prompt. */
        LIKELIHOOD,
        /** It says how likely it finds the target with nothing before it. */
        ROLLING;

        /** Kebab-case name in task files. */
        public String id() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Everything of a task but its samples.
     *
     * @param id kebab-case, for example {@code demo-arithmetic}
     * @param version of the samples and rules; a change of any sample or rule changes it
     * @param licence SPDX id of the samples, or {@code unknown}
     * @param sha256 of the sample file, hex
     * @param asking what is asked, and how
     * @param pipelines of filters, each of which gives answers that are judged; at least one, the first decides
     * @param scorers that judge them; the first score of the first one decides
     * @param folder that files in the options of scorers are relative to; empty for the current one
     * @param listing how the task is listed among others
     * @param prompting how the parts of a prompt are put before a model
     */
    public record Rules(
            String id,
            String version,
            String licence,
            String sha256,
            Asking asking,
            List<Pipeline> pipelines,
            List<Rule> scorers,
            String folder,
            Listing listing,
            Prompting prompting) {
        /** Rules of plain prompts of a task that stands alone. */
        public Rules(
                String id,
                String version,
                String licence,
                String sha256,
                Asking asking,
                List<Pipeline> pipelines,
                List<Rule> scorers,
                String folder) {
            this(id, version, licence, sha256, asking, pipelines, scorers, folder, Listing.alone(0), Prompting.PLAIN);
        }

        /** Rules of plain prompts of a task that stands alone, whose scorers read no files. */
        public Rules(
                String id,
                String version,
                String licence,
                String sha256,
                Asking asking,
                List<Pipeline> pipelines,
                List<Rule> scorers) {
            this(id, version, licence, sha256, asking, pipelines, scorers, "");
        }

        public Rules {
            pipelines = pipelines.isEmpty() ? List.of(Pipeline.of(List.of())) : List.copyOf(pipelines);
            scorers = List.copyOf(scorers);
            // Absent in files of earlier versions.
            listing = Objects.requireNonNullElseGet(listing, () -> Listing.alone(0));
            prompting = Objects.requireNonNullElse(prompting, Prompting.PLAIN);
        }

        /** The same under another id. */
        public Rules called(String other) {
            return new Rules(other, version, licence, sha256, asking, pipelines, scorers, folder, listing, prompting);
        }

        /** The same, listed otherwise. */
        public Rules listed(Listing other) {
            return new Rules(id, version, licence, sha256, asking, pipelines, scorers, folder, other, prompting);
        }
    }

    /**
     * How a task is listed among others.
     *
     * @param alias that it is shown by; empty for its id
     * @param shots solved questions before each
     * @param groups that it is part of, the outermost first
     */
    public record Listing(String alias, int shots, List<Group> groups) {
        public Listing {
            groups = List.copyOf(groups);
        }

        /** That of a task in no group. */
        public static Listing alone(int shots) {
            return new Listing("", shots, List.of());
        }
    }

    /**
     * A group of tasks.
     *
     * @param id of it
     * @param alias that it is shown by
     * @param version of it
     * @param figures that are formed over its tasks
     */
    public record Group(String id, String alias, String version, List<GroupFigure> figures) {
        public Group {
            figures = List.copyOf(figures);
        }
    }

    /**
     * A mean over the tasks of a group.
     *
     * @param metric name of the score
     * @param filters names of the pipelines whose scores it is formed of; empty for all that the tasks have
     * @param bySize whether a task counts by its samples, or each as one
     */
    public record GroupFigure(String metric, List<String> filters, boolean bySize) {
        public GroupFigure {
            filters = List.copyOf(filters);
        }
    }

    /**
     * What is done to written answers before they are judged.
     *
     * @param name by which its scores are told from those of another
     * @param filters in order
     */
    public record Pipeline(String name, List<Rule> filters) {
        public Pipeline {
            filters = List.copyOf(filters);
        }

        /** A pipeline that is called by its filters. */
        public static Pipeline of(List<Rule> filters) {
            return new Pipeline(
                    filters.isEmpty()
                            ? "none"
                            : String.join("+", filters.stream().map(Rule::id).toList()),
                    filters);
        }
    }

    /**
     * What is asked of a model.
     *
     * @param output wanted
     * @param maxTokens most tokens of a written answer
     * @param stop texts that end a written answer
     * @param temperature 0 takes the most likely token; above 0 samples
     * @param repeats written answers to each prompt; more than one only makes sense above temperature 0
     * @param delimiter between a prompt and a choice or target that is scored
     * @param details what few tasks ask for
     */
    public record Asking(
            Output output,
            int maxTokens,
            List<String> stop,
            double temperature,
            int repeats,
            String delimiter,
            Details details) {
        /** What most tasks ask. */
        public Asking(
                Output output, int maxTokens, List<String> stop, double temperature, int repeats, String delimiter) {
            this(output, maxTokens, stop, temperature, repeats, delimiter, Details.NONE);
        }

        public Asking {
            stop = List.copyOf(stop);
            // Rules that were kept before there were details have none.
            details = details == null ? Details.NONE : details;
        }

        /** The same with another text between a prompt and what is scored after it. */
        public Asking withDelimiter(String other) {
            return new Asking(output, maxTokens, stop, temperature, repeats, other, details);
        }
    }

    /**
     * What few tasks ask for.
     *
     * @param topP above temperature 0, the smallest set of tokens whose probability reaches it is drawn from; 1 for all
     * @param topK above temperature 0, so many of the likeliest tokens are drawn from; 0 for all
     * @param alone whether the likelihood of each choice with nothing before it is asked as well
     */
    public record Details(double topP, int topK, boolean alone) {
        /** All tokens, and no choice alone. */
        public static final Details NONE = new Details(1, 0, false);
    }

    /**
     * A filter or a scorer by name.
     *
     * @param id of its kind
     * @param options of that kind, as JSON values
     */
    public record Rule(String id, Map<String, Object> options) {
        public Rule {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        /** A rule without options. */
        public static Rule of(String id) {
            return new Rule(id, Map.of());
        }
    }

    /**
     * One question with its right answers.
     *
     * @param id unique in its set
     * @param prompt exactly as the model sees it
     * @param targets right answers, any of which will do; for multiple choice each equal to one of the choices
     * @param choices answers to choose from, without the delimiter; empty for written answers
     * @param cluster samples of one cluster share a source, for clustered standard errors; equal to the id when alone
     * @param stratum kind of sample, of which a subset holds its share, for example a subject; empty where all are of one kind
     * @param row the sample's row as it was read, by column, for scorers that need more of it
     * @param cloze where the choices stand within the prompt
     * @param chats messages of a chat where a chat template makes the prompts of them, in the order of the prompts: one, or one for
     *     each of the cloze's; empty where prompts are what the model sees. A prompt shows its messages as JSON then
     */
    public record Sample(
            String id,
            String prompt,
            List<String> targets,
            List<String> choices,
            String cluster,
            String stratum,
            Map<String, @Nullable Object> row,
            Optional<Cloze> cloze,
            List<List<ChatMessage>> chats) {
        public Sample {
            targets = List.copyOf(targets);
            choices = List.copyOf(choices);
            row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
            chats = List.copyOf(chats);
        }

        /** A sample whose prompts are what the model sees. */
        public Sample(
                String id,
                String prompt,
                List<String> targets,
                List<String> choices,
                String cluster,
                String stratum,
                Map<String, @Nullable Object> row,
                Optional<Cloze> cloze) {
            this(id, prompt, targets, choices, cluster, stratum, row, cloze, List.of());
        }

        /** A sample whose choices, if it has any, follow the prompt. */
        public Sample(
                String id,
                String prompt,
                List<String> targets,
                List<String> choices,
                String cluster,
                String stratum,
                Map<String, @Nullable Object> row) {
            this(id, prompt, targets, choices, cluster, stratum, row, Optional.empty());
        }

        /**
         * The same with the prompts that a chat template made of its messages.
         *
         * @param prompts in the order of {@link #chats}
         */
        public Sample seenAs(List<String> prompts) {
            return new Sample(
                    id,
                    prompts.get(0),
                    targets,
                    choices,
                    cluster,
                    stratum,
                    row,
                    cloze.map(blank -> new Cloze(prompts, blank.ending())));
        }

        /** The same, put before a model as a prompting says. */
        Sample with(Prompting prompting) {
            List<PromptParts> parts = List.of(PromptParts.of(prompting.system(), prompt));
            return new Sample(
                    id,
                    prompting.shown(parts).get(0),
                    targets,
                    choices,
                    cluster,
                    stratum,
                    row,
                    cloze,
                    prompting.chats(parts));
        }

        /** A sample that is nothing but a question and one right answer. */
        public static Sample of(String id, String prompt, String target) {
            return new Sample(id, prompt, List.of(target), List.of(), id, "", Map.of());
        }
    }

    /**
     * A prompt with a blank that each choice fills; how likely the same ending is after each tells the choices apart, as
     * WinoGrande is asked.
     *
     * @param prompts one for each choice
     * @param ending after each, without the delimiter
     */
    public record Cloze(List<String> prompts, String ending) {
        public Cloze {
            prompts = List.copyOf(prompts);
        }
    }
}
