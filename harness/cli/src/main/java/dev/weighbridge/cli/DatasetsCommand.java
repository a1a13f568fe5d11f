package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.evaluation.TaskScoring;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import dev.weighbridge.datasets.contamination.Contamination;
import dev.weighbridge.datasets.contamination.Overlap;
import dev.weighbridge.datasets.definition.TaskFiles;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.filter.Filters;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows tasks, and checks task files. */
@Command(
        name = "datasets",
        description = "Show tasks, formats, filters and scorers; show and check a task before a model is asked.")
final class DatasetsCommand implements Callable<Integer> {
    private static final int MOST_LINES = 2000;
    private static final int LONGEST_LINE = 10_000;

    private final Terminal terminal;

    DatasetsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The command with its own commands. */
    static CommandLine withCommands(Terminal terminal) {
        return new CommandLine(new DatasetsCommand(terminal))
                .addSubcommand(new ListCommand(terminal))
                .addSubcommand(new ShowCommand(terminal))
                .addSubcommand(new CheckCommand(terminal));
    }

    @Override
    public Integer call() {
        return new ListCommand(terminal).call();
    }

    /** A text of a data set with its lines, and nothing that a terminal obeys. */
    private static String printable(String text) {
        return text.lines()
                .limit(MOST_LINES)
                .map(line -> SafeText.clean(line, LONGEST_LINE))
                .collect(Collectors.joining("\n"));
    }

    /** Lists what can be named. */
    @Command(name = "list", description = "List the shipped tasks, the published formats, the filters and the scorers.")
    static final class ListCommand implements Callable<Integer> {
        private final Terminal terminal;

        ListCommand(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            terminal.line("Tasks with their samples:");
            for (String id : TaskSets.ids()) {
                TaskSet set = TaskSets.load(id);
                terminal.line(String.format(
                        Locale.ROOT,
                        "  %-20s %5d samples, %s, %s",
                        id,
                        set.samples().size(),
                        set.rules().asking().output().id(),
                        set.rules().licence()));
            }
            terminal.line("");
            terminal.line(
                    "Published formats, named with a file of their rows as FORMAT@FILE, as are task files of lm-evaluation-harness with a folder:");
            terminal.line("  " + String.join(", ", TaskFiles.formats()));
            terminal.line("");
            terminal.line("Filters of written answers:");
            terminal.line("  " + String.join(", ", Filters.names()));
            terminal.line("");
            terminal.line("Scorers:");
            for (ScorerKind kind : Scorers.kinds().values()) {
                terminal.line(String.format(Locale.ROOT, "  %-20s %s", kind.id(), kind.description()));
            }
            return ExitCode.GOOD;
        }
    }

    /** Shows samples of a task. */
    @Command(
            name = "show",
            description =
                    "Show the first samples of a task exactly as a model would see them, or the messages of which its chat template makes that.",
            footer = {"", "Example:", "  weighbridge datasets show gsm8k@data/test.jsonl --samples 1"})
    static final class ShowCommand implements Callable<Integer> {
        private static final int MOST = 1000;

        private final Terminal terminal;

        @Parameters(
                paramLabel = "TASK",
                description = "Task, task file (of lm-evaluation-harness: FILE@ROWS), or FORMAT@FILE.")
        private String task = "";

        @Option(names = "--samples", paramLabel = "N", description = "How many. Default: ${DEFAULT-VALUE}.")
        private int samples = 3;

        @Mixin
        private PromptingOptions prompting = new PromptingOptions();

        ShowCommand(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            OptionValue.within("--samples", samples, 1, MOST);
            for (TaskSet set : Tasks.load(task, Path.of(""), TaskOptions.of(prompting.prompting()))) {
                set.samples().stream().limit(samples).forEach(this::show);
            }
            return ExitCode.GOOD;
        }

        private void show(TaskSet.Sample sample) {
            terminal.line("── " + printable(sample.id()));
            List<String> prompts = sample.cloze().map(TaskSet.Cloze::prompts).orElse(List.of(sample.prompt()));
            prompts.forEach(prompt -> terminal.line(printable(prompt)));
            sample.cloze().ifPresent(cloze -> terminal.line("   ending: " + printable(cloze.ending())));
            sample.choices().forEach(choice -> terminal.line("   choice: " + printable(choice)));
            sample.targets().forEach(target -> terminal.line("   target: " + printable(target)));
        }
    }

    /** Checks a task. */
    @Command(
            name = "check",
            description = {
                "Read a task whole, open its scorers, and tell what is wrong with its rows. Ends with 1 when rows are broken, with 2 when the",
                "task cannot be used. With --training it also tells which samples a training text has seen, by runs of words or characters that",
                "both have."
            },
            footer = {
                "",
                "Examples:",
                "  weighbridge datasets check gsm8k@hf://openai/gsm8k/main/test",
                "  weighbridge datasets check mytask.yaml --training corpus/ --overlap words --share 0.2"
            })
    static final class CheckCommand implements Callable<Integer> {
        private static final int SHOWN = 20;

        private final Terminal terminal;

        @Parameters(
                paramLabel = "TASK",
                description = "Task, task file (of lm-evaluation-harness: FILE@ROWS), or FORMAT@FILE.")
        private String task = "";

        @Option(
                names = "--training",
                paramLabel = "PATH",
                description = "File or folder of a training text; may be given several times.")
        private List<Path> training = List.of();

        @Option(
                names = "--field",
                paramLabel = "NAME",
                description = "Column of a training file's rows that holds the text. Default: ${DEFAULT-VALUE}.")
        private String field = "text";

        @Option(
                names = "--overlap",
                paramLabel = "KIND",
                description =
                        "words (runs of 13, as GPT-3's authors looked for) or characters (runs of 50, as GPT-4's). Default: ${DEFAULT-VALUE}.")
        private String overlap = "words";

        @Option(
                names = "--share",
                paramLabel = "SHARE",
                description = "Share of a sample's runs from which on it counts as seen. Default: ${DEFAULT-VALUE}.")
        private double share = 0.2;

        CheckCommand(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            int broken = 0;
            for (TaskSet set : Tasks.load(task, Path.of(""))) {
                check(set);
                if (!training.isEmpty()) {
                    contamination(set);
                }
                broken += set.broken().size();
            }
            return broken == 0 ? ExitCode.GOOD : ExitCode.TRIAL_FAILED;
        }

        private void contamination(TaskSet set) {
            if (!(share > 0 && share <= 1)) {
                throw new ConfigException("--share must be above 0 and at most 1, got: " + share);
            }
            Map<String, Overlap> overlaps = Map.of("words", Overlap.WORDS_13, "characters", Overlap.CHARACTERS_50);
            Overlap chosen = overlaps.get(overlap);
            if (chosen == null) {
                throw new ConfigException("--overlap must be words or characters, got: " + overlap);
            }
            Contamination contamination = new Contamination(Contamination.Sample.ofRows(set), chosen);
            for (Path path : training) {
                contamination
                        .read(path, field)
                        .forEach(left ->
                                terminal.line("left out: " + printable(left.toString()) + ", which holds no text"));
            }
            Contamination.Report report = contamination.report();
            List<String> seen = report.contaminated(share);
            terminal.line("training text: " + seen.size() + " of "
                    + set.samples().size() + " samples have " + share + " or more of their runs in it; "
                    + report.tooShort().size() + " are too short to tell");
            seen.stream().limit(SHOWN).forEach(id -> terminal.line("seen: " + printable(id)));
            if (seen.size() > SHOWN) {
                terminal.line("seen: and " + (seen.size() - SHOWN) + " more");
            }
        }

        private void check(TaskSet set) {
            try (TaskScoring scoring = new TaskScoring(set.rules())) {
                terminal.line(set.id() + ": " + set.samples().size() + " samples, "
                        + set.rules().asking().output().id() + ", licence "
                        + set.rules().licence() + ", SHA-256 " + set.rules().sha256());
                terminal.line("scores: "
                        + String.join(
                                ", ",
                                scoring.scores().stream()
                                        .map(score -> score.id())
                                        .toList()));
            }
            long clusters = set.samples().stream()
                    .map(TaskSet.Sample::cluster)
                    .distinct()
                    .count();
            if (clusters < set.samples().size()) {
                terminal.line("sources: " + clusters + "; intervals allow for samples that share one");
            }
            long twice = set.samples().size()
                    - set.samples().stream()
                            .map(TaskSet.Sample::prompt)
                            .distinct()
                            .count();
            if (twice > 0) {
                terminal.line("prompts that are there more than once: " + twice);
            }
            set.broken().stream().limit(SHOWN).forEach(broken -> terminal.line("broken: " + printable(broken)));
            if (set.broken().size() > SHOWN) {
                terminal.line("broken: and " + (set.broken().size() - SHOWN) + " more rows");
            }
            set.notes().forEach(note -> terminal.line("note: " + printable(note)));
        }
    }
}
