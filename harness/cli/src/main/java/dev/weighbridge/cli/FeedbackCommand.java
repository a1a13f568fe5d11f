package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.core.feedback.FeedbackFigures;
import dev.weighbridge.reports.ReportWriter;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.OpinionFiles;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.Variant;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads what users said. */
@Command(
        name = "feedback",
        description =
                "Show what users said of each variant, from logs: thumbs, ratings, edits, and what their silence leaves open.",
        footer = {
            "",
            "A log has a JSON object a line: request (or request_id or prompt) and variant (or model) of every answered request, also of",
            "those without feedback, and where there is some thumbs (up or down), rating (1 to 5), or edited, what the user made of answer.",
            "A log whose name ends in .csv has the same as columns, by the names in its first line; an empty cell is nothing said.",
            "",
            "Examples:",
            "  weighbridge feedback feedback.jsonl --baseline demo~onnxruntime~fp32~none",
            "  weighbridge feedback monday.jsonl tuesday.jsonl --run results/quickstart/20261123-101500"
        })
final class FeedbackCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "LOG", arity = "1..*", description = "Logs, read as one.")
    private List<Path> logs = List.of();

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "Variant that the others are held against. Default: none.")
    private @Nullable String baseline;

    @Option(names = "--run", paramLabel = "RUN_DIR", description = "Run to keep it with, so that its report shows it.")
    private @Nullable Path run;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    FeedbackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        RunDirectory directory = run == null ? null : RunDirectory.open(run);
        UserFeedback feedback = FeedbackFigures.read(logs, baseline);
        Path report = null;
        if (directory != null) {
            unknown(directory, feedback);
            new OpinionFiles(directory.path()).write(feedback);
            report = ReportWriter.write(directory);
        }
        if (json) {
            terminal.line(Json.pretty(feedback).stripTrailing());
            return ExitCode.GOOD;
        }
        feedback.variants().forEach(this::print);
        terminal.line(UserFeedback.SELECTION_BIAS);
        feedback.broken()
                .forEach((fault, rows) ->
                        terminal.note(rows + " of " + feedback.rows() + " rows are broken and left out: " + fault));
        if (report != null) {
            terminal.line("report  " + report);
        }
        return ExitCode.GOOD;
    }

    private void unknown(RunDirectory directory, UserFeedback feedback) {
        List<String> known =
                directory.manifest().variants().stream().map(Variant::id).toList();
        for (UserFeedback.ByVariant by : feedback.variants()) {
            if (!known.contains(by.variant())) {
                terminal.note("the run has no variant " + SafeText.clean(by.variant(), SafeText.SHORT)
                        + "; it is shown under this name. The run's: " + String.join(", ", known));
            }
        }
    }

    private void print(UserFeedback.ByVariant by) {
        terminal.line(SafeText.clean(by.variant(), SafeText.SHORT));
        terminal.line("  " + FigureLine.of("requests with feedback", by.responseRate(), 100, " %"));
        for (UserFeedback.Score score : by.scores()) {
            Measurement figure = score.figure();
            boolean share = figure.unit().equals("1");
            double scale = share ? 100 : 1;
            String unit = share ? " %" : "";
            terminal.line("  " + FigureLine.of(name(figure.name()), figure, scale, unit));
            terminal.line(String.format(
                    Locale.ROOT,
                    "    whatever the silent think: between %.4g%s and %.4g%s",
                    score.least() * scale,
                    unit,
                    score.most() * scale,
                    unit));
            UserFeedback.Difference difference = score.difference();
            if (difference != null) {
                terminal.line("    "
                        + FigureLine.of(
                                difference.paired()
                                        ? "less the baseline's, same requests"
                                        : "less the baseline's, other requests",
                                difference.figure(),
                                scale,
                                share ? " pp" : ""));
            }
        }
    }

    private static String name(String figure) {
        return switch (figure) {
            case UserFeedback.THUMBS_UP -> "thumbs that are up";
            case UserFeedback.RATING -> "rating, 1 to 5";
            case UserFeedback.EDIT_SIMILARITY -> "words left by users who edited";
            default -> figure;
        };
    }
}
