package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.Page;
import dev.weighbridge.pages.Provenance;
import dev.weighbridge.pages.Timestamp;
import dev.weighbridge.results.Manifest;
import java.util.ArrayList;
import java.util.List;

/** The report as one page that needs nothing but itself: no network, no fonts, no other file. */
final class HtmlReport {
    private static final List<String[]> PARTS = List.of(
            new String[] {"decision", "Decision"},
            new String[] {"results", "Results"},
            new String[] {"charts", "Charts"},
            new String[] {"quality", "Answers"},
            new String[] {"evidence", "Reasons"},
            new String[] {"provenance", "Provenance"},
            new String[] {"definitions", "Definitions"},
            new String[] {"files", "Files"});

    private HtmlReport() {}

    static String of(RunFacts facts, RunDrawing drawing) {
        Manifest manifest = facts.manifest();
        String study = SafeText.clean(manifest.study(), SafeText.SHORT);
        Markup html = new Markup();
        header(html, facts, study);
        html.open("main");
        html.append(DecisionSection.of(facts));
        html.append(ResultsSection.of(facts));
        html.append(ChartSection.of(facts, drawing));
        html.append(QualitySection.of(facts));
        if (facts.opinions().anyJudged()) {
            html.append(JudgedSection.of(facts));
        }
        facts.opinions().feedback().ifPresent(feedback -> html.append(FeedbackSection.of(facts, feedback)));
        html.append(EvidenceSection.of(facts));
        html.append(Provenance.of(manifest, facts.trials()));
        html.append(FilesSection.of(facts));
        html.close();
        footer(html);
        return Page.of(study + ": Weighbridge report", html, Page.STYLE, Page.TABLES);
    }

    /** A page behind the report, with the way back to it. */
    static String side(Manifest manifest, String heading, Markup content) {
        String study = SafeText.clean(manifest.study(), SafeText.SHORT);
        Markup html = new Markup();
        html.open("header", "class", "page").open("p", "class", "brand");
        html.element("a", "← Report of " + study, "href", ReportWriter.HTML).close();
        html.element("h1", heading);
        html.element("p", "Run " + SafeText.clean(manifest.runId(), SafeText.SHORT), "class", "note")
                .close();
        html.open("main").append(content).close();
        footer(html);
        return Page.of(study + ": " + heading, html, Page.STYLE, Page.TABLES);
    }

    private static void footer(Markup html) {
        html.open("footer")
                .element("p", "Written by Weighbridge from the files of the run alone.")
                .close();
    }

    private static void header(Markup html, RunFacts facts, String study) {
        Manifest manifest = facts.manifest();
        html.open("header", "class", "page");
        html.element("p", "Weighbridge report", "class", "brand");
        html.element("h1", study);
        html.element(
                "p",
                "Run " + SafeText.clean(manifest.runId(), SafeText.SHORT) + " · "
                        + Timestamp.minute(manifest.createdAt()) + " · "
                        + manifest.variants().size()
                        + (manifest.variants().size() == 1 ? " variant" : " variants"),
                "class",
                "note");
        String random = ModelNames.note(manifest);
        if (!random.isEmpty()) {
            html.element("p", random, "class", "note");
        }
        html.open("nav", "aria-label", "Parts of the report").open("ul");
        for (String[] part : parts(facts)) {
            html.open("li").element("a", part[1], "href", "#" + part[0]).close();
        }
        html.close().close().close();
    }

    /** The parts that this run has, in the order of the page. */
    private static List<String[]> parts(RunFacts facts) {
        List<String[]> parts = new ArrayList<>();
        for (String[] part : PARTS) {
            parts.add(part);
            if (part[0].equals("quality") && facts.opinions().anyJudged()) {
                parts.add(new String[] {JudgedSection.ID, JudgedSection.HEADING});
            }
            if (part[0].equals("quality") && facts.opinions().feedback().isPresent()) {
                parts.add(new String[] {FeedbackSection.ID, FeedbackSection.HEADING});
            }
        }
        return parts;
    }
}
