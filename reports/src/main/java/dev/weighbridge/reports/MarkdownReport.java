package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.FeedbackTable;
import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.UserFeedback;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The report as Markdown, short enough for a pull request: decision, results, reasons, charts. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String of(RunFacts facts, RunDrawing drawing) {
        StringBuilder text = new StringBuilder();
        Manifest manifest = facts.manifest();
        text.append("# ").append(SafeText.markdown(manifest.study())).append("\n\n");
        text.append("Run ").append(SafeText.markdown(manifest.runId()));
        text.append(", ").append(SafeText.markdown(manifest.createdAt())).append("\n\n");
        String note = ModelNames.note(manifest);
        if (!note.isEmpty()) {
            text.append("> ").append(SafeText.markdown(note)).append("\n\n");
        }
        decision(text, facts);
        text.append("## Results\n\n");
        results(text, facts);
        text.append("\nBrackets are 95 % intervals. ? marks a figure with too few samples to certify it."
                + " Variants without a rank are not ranked.\n\n");
        facts.numerics()
                .ifPresent(numerics -> text.append(SafeText.markdown(numerics)).append("\n\n"));
        reasons(text, facts);
        judged(text, facts);
        facts.opinions().feedback().ifPresent(feedback -> feedback(text, facts, feedback));
        if (!drawing.charts().isEmpty()) {
            text.append("## Charts\n");
            for (Chart chart : drawing.charts()) {
                text.append("\n![").append(chart.title()).append("](");
                text.append(ReportWriter.CHARTS).append('/').append(chart.id()).append(".svg)\n");
            }
        }
        return text.toString();
    }

    private static void decision(StringBuilder text, RunFacts facts) {
        Optional<Decision> decision = facts.decision();
        text.append("## Decision\n\n");
        if (decision.isEmpty()) {
            text.append("No decision has been made for this run.\n\n");
            return;
        }
        text.append("**")
                .append(SafeText.markdown(DecisionSection.headline(facts, decision.get())))
                .append("**\n\n");
        text.append(SafeText.markdown(DecisionSection.summary(facts, decision.get())))
                .append("\n\n");
        DecisionSection.mismatches(facts, decision.get())
                .forEach(problem ->
                        text.append("> ").append(SafeText.markdown(problem)).append("\n\n"));
        facts.chosen()
                .map(VariantView::candidate)
                .ifPresent(candidate -> list(text, "Reasons:", ReasonText.list(candidate.reasons())));
        list(text, "Tied with it:", DecisionSection.tied(facts));
        list(
                text,
                "Objectives:",
                DecisionText.objectives(
                        decision.get().objectives(),
                        !facts.manifest().plan().tasks().isEmpty()));
    }

    private static void results(StringBuilder text, RunFacts facts) {
        List<String> heads = new ArrayList<>(List.of("Rank", "Variant"));
        List<String> aligns = new ArrayList<>(List.of("--:", "---"));
        for (Metric column : Metric.COLUMNS) {
            heads.add(column.label() + ", " + column.unit());
            aligns.add("--:");
        }
        heads.add("Status");
        aligns.add("---");
        line(text, heads);
        line(text, aligns);
        for (VariantView row : facts.rows()) {
            List<String> cells = new ArrayList<>(List.of(row.rank(), SafeText.markdown(facts.name(row.variant()))));
            for (Metric column : Metric.COLUMNS) {
                cells.add(row.figure(column).map(m -> figure(column, m)).orElse(""));
            }
            cells.add(ResultsSection.status(row));
            line(text, cells);
        }
    }

    private static String figure(Metric column, Measurement figure) {
        String interval = column.notation()
                .interval(figure)
                .map(i -> " " + SafeText.markdown(i))
                .orElse("");
        return column.notation().number(figure.value()) + (figure.uncertain() ? "?" : "") + interval;
    }

    private static void reasons(StringBuilder text, RunFacts facts) {
        List<String> lines = new ArrayList<>();
        for (VariantView row : facts.rows()) {
            if (!row.chosen() || !row.valid()) {
                List<String> reasons = ResultsSection.reasons(row);
                if (!reasons.isEmpty()) {
                    lines.add(facts.name(row.variant()) + ": " + String.join("; ", reasons));
                }
            }
        }
        if (!lines.isEmpty()) {
            text.append("## Why not the others\n\n");
            list(text, "", lines);
        }
    }

    private static void judged(StringBuilder text, RunFacts facts) {
        List<String> lines = new ArrayList<>();
        for (JudgedTask task : facts.opinions().judged()) {
            for (JudgedTask.ByJudge by : task.judges()) {
                for (JudgedTask.Standing standing : by.standings()) {
                    List<String> figures = new ArrayList<>();
                    add(figures, "won ", Notation.PERCENT, standing.figure(JudgedTask.WIN_RATE));
                    add(figures, "grade ", Notation.PLAIN, standing.figure(JudgedTask.GRADE));
                    add(figures, "less the baseline's ", Notation.PLAIN, standing.figure(JudgedTask.GRADE_DIFFERENCE));
                    add(figures, "changed with the order ", Notation.PERCENT, standing.figure(JudgedTask.INCONSISTENT));
                    add(figures, "without a verdict ", Notation.PERCENT, standing.figure(JudgedTask.UNREADABLE));
                    lines.add(task.task() + ", " + facts.name(standing.variant()) + ", by "
                            + by.judge().model() + ": " + String.join("; ", figures));
                }
            }
        }
        if (!lines.isEmpty()) {
            text.append("## ").append(JudgedSection.HEADING).append("\n\n");
            list(text, "", lines);
        }
    }

    private static void feedback(StringBuilder text, RunFacts facts, UserFeedback feedback) {
        text.append("## ").append(FeedbackSection.HEADING).append("\n\n");
        text.append(SafeText.markdown(UserFeedback.SELECTION_BIAS)).append("\n\n");
        List<String> lines = new ArrayList<>();
        for (UserFeedback.ByVariant by : feedback.variants()) {
            List<String> figures = new ArrayList<>();
            add(figures, "spoke up ", Notation.PERCENT, by.responseRate());
            by.scores()
                    .forEach(score -> add(
                            figures,
                            FeedbackTable.name(score.figure()) + " ",
                            FeedbackTable.notation(score.figure()),
                            score.figure()));
            lines.add(facts.name(by.variant()) + ": " + String.join("; ", figures));
        }
        list(text, "", lines);
    }

    private static void add(List<String> figures, String name, Notation notation, @Nullable Measurement figure) {
        if (figure != null) {
            figures.add(name
                    + notation.withUnit(figure)
                    + notation.interval(figure).map(interval -> " " + interval).orElse(""));
        }
    }

    private static void list(StringBuilder text, String heading, List<String> items) {
        if (items.isEmpty()) {
            return;
        }
        if (!heading.isEmpty()) {
            text.append(heading).append("\n\n");
        }
        items.forEach(item -> text.append("- ").append(SafeText.markdown(item)).append('\n'));
        text.append('\n');
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append("| ")
                .append(String.join(" | ", Collections.unmodifiableList(cells)))
                .append(" |\n");
    }
}
