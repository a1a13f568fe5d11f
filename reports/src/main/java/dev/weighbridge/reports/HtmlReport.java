package dev.weighbridge.reports;

import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.format.Markup;
import dev.weighbridge.results.format.PageResource;
import dev.weighbridge.results.format.SafeText;
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

    static String of(RunFacts facts, RunDrawing drawing, RunDirectory run) {
        Manifest manifest = facts.manifest();
        PageResource style = PageResource.read(HtmlReport.class, "report.css");
        PageResource script = PageResource.read(HtmlReport.class, "report.js");
        String study = SafeText.clean(manifest.study(), SafeText.SHORT);
        Markup html = new Markup();
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; style-src '" + style.hash() + "'; script-src '" + script.hash()
                        + "'; base-uri 'none'; form-action 'none'");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "referrer", "content", "no-referrer");
        html.empty("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", study + ": Weighbridge report");
        html.verbatim("style", style.text());
        html.close().open("body");
        header(html, manifest, study);
        html.open("main");
        html.append(DecisionSection.of(facts));
        html.append(ResultsSection.of(facts));
        html.append(ChartSection.of(facts, drawing));
        html.append(QualitySection.of(facts));
        html.append(EvidenceSection.of(facts));
        html.append(ProvenanceSection.of(facts, run));
        html.close();
        html.open("footer")
                .element("p", "Written by Weighbridge from the files of the run alone.")
                .close();
        html.verbatim("script", script.text());
        html.close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private static void header(Markup html, Manifest manifest, String study) {
        html.open("header", "class", "page");
        html.element("p", "Weighbridge report", "class", "brand");
        html.element("h1", study);
        html.element(
                "p",
                "Run " + SafeText.clean(manifest.runId(), SafeText.SHORT) + " · "
                        + SafeText.clean(manifest.createdAt(), SafeText.SHORT) + " · "
                        + manifest.variants().size() + " variants",
                "class",
                "note");
        html.open("nav", "aria-label", "Parts of the report").open("ul");
        for (String[] part : PARTS) {
            html.open("li").element("a", part[1], "href", "#" + part[0]).close();
        }
        html.close().close().close();
    }
}
