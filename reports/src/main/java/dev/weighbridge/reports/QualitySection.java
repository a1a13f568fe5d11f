package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Accuracy by task with flipped answers, and parity with the baseline. */
final class QualitySection {
    private QualitySection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "quality", "aria-labelledby", "quality-heading");
        html.element("h2", "Answers", "id", "quality-heading");
        if (facts.tasks().tasks().isEmpty()) {
            html.element("p", "No task of this run is judged by a share of right answers.");
        } else {
            tasks(html, facts);
        }
        scores(html, facts);
        lengths(html, facts);
        underLoad(html, facts);
        parity(html, facts);
        return html.close();
    }

    private static void tasks(Markup html, RunFacts facts) {
        html.element(
                "p",
                "Flips are answers that changed against the baseline on the same samples: ✓→✗ it had right and the variant"
                        + " has wrong, ✗→✓ the other way round, of the samples that both were asked. Two variants can tie in accuracy and"
                        + " still disagree.",
                "class",
                "note");
        HtmlTable table = new HtmlTable(html, "tasks-table", "Accuracy by task and flips against the baseline", false);
        table.heading("Variant");
        for (String task : facts.tasks().tasks()) {
            table.numbers(SafeText.clean(task, SafeText.SHORT), "accuracy, %").numbers("Flips", "✓→✗ / ✗→✓");
        }
        table.rows("ranked");
        for (VariantView row : facts.rows()) {
            if (facts.tasks().cells().containsKey(row.variant().id())) {
                table.row(row.valid() ? "" : "not-valid").head(facts.name(row.variant()));
                facts.tasks().tasks().forEach(task -> task(table, facts, row, task));
                table.endRow();
            }
        }
        table.end();
    }

    private static void task(HtmlTable table, RunFacts facts, VariantView row, String task) {
        Optional<TaskTable.Cell> cell = facts.tasks().cell(row.variant().id(), task);
        boolean inferior = row.accuracy().reasons().stream()
                .anyMatch(r -> r.code() == Reason.Code.ACCURACY_INFERIOR && task.equals(r.subject()));
        Markup tag = new Markup();
        if (inferior) {
            tag.element("span", AccuracyJudgement.Verdict.INFERIOR.label(), "class", "tag INFERIOR");
        }
        table.figure(Notation.PERCENT, cell.map(TaskTable.Cell::accuracy), tag);
        Optional<Flips> flips = cell.flatMap(TaskTable.Cell::flips);
        if (flips.isPresent()) {
            Flips f = flips.get();
            Markup flipped = new Markup().text(f.toWrong() + " / " + f.toRight());
            flipped.element("span", "of " + Notation.count(f.common()), "class", "interval");
            table.cell(flipped, "n");
        } else if (row.baseline()) {
            table.cell(new Markup().element("span", "baseline", "class", "tag"), "n");
        } else {
            table.none();
        }
    }

    /** Every score of every task, and the way to the samples. */
    private static void scores(Markup html, RunFacts facts) {
        List<String> judged = TaskTable.judged(facts.trials());
        if (!judged.isEmpty()) {
            html.open("p", "class", "note").text("Every sample with its answers: ");
            String gap = "";
            for (String task : judged) {
                html.text(gap).element("a", SafeText.clean(task, SafeText.SHORT), "href", SamplePages.file(task));
                gap = ", ";
            }
            html.text(".").close();
        }
        scores(html, facts, Metric.GROUP_SCORE, "Scores by group", "Group", "Every score of every group of tasks");
        scores(html, facts, Metric.SCORE, "Scores by task", "Task", "Every score of every task");
    }

    private static void scores(
            Markup html, RunFacts facts, Metric metric, String heading, String whose, String caption) {
        Map<String, Map<String, Measurement>> byVariant = new LinkedHashMap<>();
        Set<String> scopes = new LinkedHashSet<>();
        for (Trial trial : facts.trials()) {
            for (Measurement figure : trial.measurements()) {
                if (figure.name().equals(metric.id())) {
                    scopes.add(figure.scope());
                    byVariant
                            .computeIfAbsent(trial.variant().id(), id -> new LinkedHashMap<>())
                            .put(figure.scope(), figure);
                }
            }
        }
        if (scopes.isEmpty()) {
            return;
        }
        html.element("h3", heading);
        HtmlTable table = new HtmlTable(
                html, metric.equals(Metric.SCORE) ? "scores-table" : "group-scores-table", caption, false);
        table.heading(whose).heading("Score");
        List<VariantView> rows = facts.rows().stream()
                .filter(row -> byVariant.containsKey(row.variant().id()))
                .toList();
        rows.forEach(row -> table.numbers(facts.name(row.variant()), ""));
        table.rows("ranked");
        for (String scope : scopes) {
            int slash = scope.lastIndexOf('/');
            table.row("").head(SafeText.clean(scope.substring(0, Math.max(0, slash)), SafeText.SHORT));
            table.text(SafeText.clean(scope.substring(slash + 1), SafeText.SHORT));
            for (VariantView row : rows) {
                table.figure(
                        Notation.PLAIN,
                        Optional.ofNullable(byVariant
                                .getOrDefault(row.variant().id(), Map.of())
                                .get(scope)));
            }
            table.endRow();
        }
        table.end();
    }

    /** How long written answers are, against the baseline's. */
    private static void lengths(Markup html, RunFacts facts) {
        List<VariantView> rows = facts.rows().stream()
                .filter(row -> row.figure(Metric.ANSWERS_CUT).isPresent())
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        html.element("h3", "Length of answers");
        html.element(
                "p",
                "Tokens of written answers, as each engine counts them, paired with those of the baseline's answer to the same"
                        + " prompt. Answers that grow cost more and come later, whatever a token costs.",
                "class",
                "note");
        HtmlTable table = new HtmlTable(
                html, "length-table", "Length of each variant's written answers, against its baseline's", false);
        table.heading("Variant").numbers("Answers", "");
        List<Metric> metrics = List.of(Metric.ANSWER_LENGTH_DRIFT, Metric.ANSWERS_OF_OTHER_LENGTH, Metric.ANSWERS_CUT);
        metrics.forEach(metric -> table.numbers(metric.label(), metric.unit()));
        table.rows("ranked");
        for (VariantView row : rows) {
            table.row("").head(facts.name(row.variant()));
            long answers =
                    row.figure(Metric.ANSWERS_CUT).map(Measurement::samples).orElse(0L);
            table.number(Notation.count(answers), (double) answers);
            metrics.forEach(metric -> table.figure(metric.notation(), row.figure(metric)));
            table.endRow();
        }
        table.end();
    }

    /** What became of answers beside a load, where a study asks for it. */
    private static void underLoad(Markup html, RunFacts facts) {
        List<VariantView> rows = facts.rows().stream()
                .filter(row -> row.figure(Metric.FLIPS_UNDER_LOAD).isPresent())
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        html.element("h3", "Answers beside a load at capacity");
        html.element(
                "p",
                "Questions asked one by one while the variant serves a load at the rate of its capacity, each held to the answer that"
                        + " the same variant gave alone.",
                "class",
                "note");
        HtmlTable table = new HtmlTable(
                html,
                "under-load-table",
                "Answers of each variant beside a load, compared with its own without one",
                false);
        table.heading("Variant").numbers("Asked both ways", "");
        List<Metric> metrics = List.of(Metric.FLIPS_UNDER_LOAD, Metric.ACCURACY_CHANGE_UNDER_LOAD);
        metrics.forEach(metric -> table.numbers(metric.label(), metric.unit()));
        table.rows("ranked");
        for (VariantView row : rows) {
            table.row("").head(facts.name(row.variant()));
            long asked = row.figure(Metric.FLIPS_UNDER_LOAD)
                    .map(Measurement::samples)
                    .orElse(0L);
            table.number(Notation.count(asked), (double) asked);
            metrics.forEach(metric -> table.figure(metric.notation(), row.figure(metric)));
            table.endRow();
        }
        table.end();
    }

    private static void parity(Markup html, RunFacts facts) {
        Map<String, Trial> trials = new LinkedHashMap<>();
        Map<String, Measurement> columns = new LinkedHashMap<>();
        for (Trial trial : facts.trials()) {
            if (trial.workload().kind() == Workload.Kind.PARITY) {
                trials.put(trial.variant().id(), trial);
                trial.measurements().forEach(m -> columns.putIfAbsent(key(m), m));
            }
        }
        html.element("h3", "Parity with the baseline");
        if (columns.isEmpty()) {
            html.element("p", "No parity figures were measured in this run.");
            return;
        }
        HtmlTable table = new HtmlTable(
                html,
                "parity-table",
                "Parity: how far each variant's next-token distribution is from the baseline's on the same text",
                false);
        table.heading("Variant");
        columns.forEach((key, figure) -> table.numbers(label(key), unit(figure)));
        table.heading("Status").rows("ranked");
        for (VariantView row : facts.rows()) {
            Trial trial = trials.get(row.variant().id());
            if (trial != null) {
                table.row(trial.status() == Trial.Status.COMPLETED ? "" : "not-valid");
                table.head(facts.name(row.variant()));
                columns.forEach((key, first) -> table.figure(Notation.of(first), find(trial.measurements(), key)));
                String reasons = String.join("; ", ReasonText.list(trial.reasons()));
                table.text(TrialTable.word(trial.status()) + (reasons.isEmpty() ? "" : ": " + reasons));
                table.endRow();
            }
        }
        table.end();
    }

    static String key(Measurement figure) {
        return figure.scope().isEmpty() ? figure.name() : figure.name() + " (" + figure.scope() + ")";
    }

    /** A figure's name as a heading, for example {@code KL divergence}. */
    static String label(String key) {
        return Metric.of(key).map(Metric::label).orElseGet(() -> SafeText.clean(key.replace('_', ' '), SafeText.SHORT));
    }

    private static String unit(Measurement figure) {
        return Metric.of(figure.name()).map(Metric::unit).orElseGet(() -> SafeText.clean(figure.unit(), 24));
    }

    private static Optional<Measurement> find(List<Measurement> measurements, String key) {
        return measurements.stream().filter(m -> key(m).equals(key)).findFirst();
    }
}
