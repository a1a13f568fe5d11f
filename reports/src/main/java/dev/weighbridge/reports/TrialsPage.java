package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.Timestamp;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Every attempt of a run in the order in which they ended, with its files, on a page of its own. */
final class TrialsPage {
    private static final List<Metric> COLUMNS = List.of(Metric.ACHIEVED_RATE, Metric.GOODPUT, Metric.TTFT_P95);

    private TrialsPage() {}

    static String of(RunFacts facts, RunDrawing drawing, RunDirectory run) {
        Markup html = new Markup();
        html.open("section", "id", "all-trials", "aria-label", "All trials");
        drawing.timeline().ifPresent(chart -> {
            html.open("figure", "id", "chart-" + chart.id());
            html.element("figcaption", chart.title(), "class", "figure-title");
            html.element("p", chart.description(), "class", "note");
            ChartSection.append(html, chart);
            html.close();
        });
        HtmlTable table = new HtmlTable(
                html, "trials-table", facts.trials().size() + " trials in the order in which they ended", true);
        table.heading("Started, UTC").heading("Variant").heading("Workload").numbers("Block", "");
        table.numbers("Offered", "requests/s").heading("Status").numbers("Took", "s");
        COLUMNS.forEach(column -> table.numbers(column.label(), column.unit()));
        table.heading("Reasons").heading("Files").rows("ranked");
        facts.trials().forEach(trial -> row(table, facts, run, trial));
        table.end();
        return HtmlReport.side(facts.manifest(), "All trials", html.close());
    }

    private static void row(HtmlTable table, RunFacts facts, RunDirectory run, Trial trial) {
        table.row(trial.status().counts() ? "" : "not-valid")
                .text(Timestamp.second(trial.startedAt()))
                .head(facts.name(trial.variant()))
                .text(trial.workload().name())
                .number(Integer.toString(trial.repeat()), trial.repeat());
        Double rate = trial.workload().offeredRate();
        if (rate == null) {
            table.none();
        } else {
            table.number(Notation.RATE.number(rate), rate);
        }
        table.cell(status(trial));
        table.number(String.format(Locale.ROOT, "%.1f", trial.durationSeconds()), trial.durationSeconds());
        for (Metric column : COLUMNS) {
            table.figure(column.notation(), trial.measurement(column.id()));
        }
        List<String> said = new ArrayList<>(ReasonText.list(trial.reasons()));
        said.addAll(ReasonText.list(trial.flags()));
        table.text(String.join("; ", said));
        table.cell(files(run, trial)).endRow();
    }

    static Markup status(Trial trial) {
        return new Markup()
                .element(
                        "span",
                        TrialTable.word(trial.status()),
                        "class",
                        "tag " + trial.status().name());
    }

    /** Links to the plain files of a trial that can stand in a relative link as they are. */
    private static Markup files(RunDirectory run, Trial trial) {
        Markup links = new Markup();
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(run.trialPath(trial.id()))) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[A-Za-z0-9_][A-Za-z0-9._~+-]*"))
                    .sorted()
                    .forEach(names::add);
        } catch (IOException | InvalidResultException e) {
            // A trial without its folder has no raw files to link to.
            return links.text("–");
        }
        links.open("details").element("summary", names.size() + (names.size() == 1 ? " file" : " files"));
        links.open("ul");
        for (String name : names) {
            links.open("li")
                    .element("a", name, "href", "../trials/" + trial.id() + "/" + name)
                    .close();
        }
        return links.close().close();
    }
}
