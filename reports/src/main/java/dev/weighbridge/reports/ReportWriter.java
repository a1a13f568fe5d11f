package dev.weighbridge.reports;

import dev.weighbridge.reports.charts.Chart;
import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/**
 * Writes the report of a run into its {@code report} folder: {@code index.html} with {@code figures.html},
 * {@code trials.html}, {@code loads.html}, and for each task a page of samples and one of verdicts where a model judged behind it, {@code report.md}, {@code summary.csv}, {@code summary.json} and {@code charts/*.svg}. The files of the run are its only input; the same files give the same bytes.
 */
public final class ReportWriter {
    static final String FOLDER = "report";
    static final String HTML = "index.html";
    static final String MARKDOWN = "report.md";
    static final String FIGURES = "figures.html";
    static final String TRIALS = "trials.html";
    static final String LOADS = "loads.html";
    static final String CSV = "summary.csv";
    static final String JSON = "summary.json";
    static final String CHARTS = "charts";

    private ReportWriter() {}

    /**
     * Writes the report, replacing an earlier one.
     *
     * @return the page to open
     * @throws InvalidResultException when the run cannot be read or the report cannot be written
     */
    public static Path write(RunDirectory run) {
        RunFacts facts = RunFacts.read(run);
        RunDrawing drawing = RunDrawing.of(facts, run);
        Path folder = run.path().resolve(FOLDER);
        try {
            Files.createDirectories(folder.resolve(CHARTS));
            for (Chart chart : drawing.all()) {
                replace(folder.resolve(CHARTS).resolve(chart.id() + ".svg"), chart.document());
            }
            replace(folder.resolve(CSV), SummaryTable.of(facts).csv());
            replace(folder.resolve(JSON), Json.line(SummaryDocument.of(facts)) + "\n");
            replace(folder.resolve(MARKDOWN), MarkdownReport.of(facts, drawing));
            replace(folder.resolve(FIGURES), FiguresPage.of(facts));
            replace(folder.resolve(TRIALS), TrialsPage.of(facts, drawing, run));
            replace(folder.resolve(LOADS), LoadsPage.of(facts, drawing));
            for (Map.Entry<String, String> page : SamplePages.of(facts, run).entrySet()) {
                replace(folder.resolve(page.getKey()), page.getValue());
            }
            for (Map.Entry<String, String> page : JudgementPages.of(facts, run).entrySet()) {
                replace(folder.resolve(page.getKey()), page.getValue());
            }
            replace(folder.resolve(HTML), HtmlReport.of(facts, drawing));
        } catch (IOException e) {
            throw new InvalidResultException(
                    "cannot write the report to " + folder + ": " + e
                            + ". Free some space or make the folder writable.",
                    e);
        }
        return folder.resolve(HTML);
    }

    private static void replace(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".partial");
        Files.writeString(temporary, text, StandardCharsets.UTF_8);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
