package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Markup;
import java.nio.file.Files;
import java.util.List;

/** Links to the files under the report. */
final class FilesSection {
    private FilesSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", "files", "aria-labelledby", "files-heading");
        html.element("h2", "Raw files", "id", "files-heading");
        html.open("ul", "class", "files");
        for (String name : List.of("manifest.json", "trials.jsonl", "decision.json", "feedback.json")) {
            if (Files.exists(facts.path().resolve(name))) {
                link(html, "../" + name, name);
            }
        }
        facts.opinions().judged().forEach(judged -> {
            link(html, "../judgements_" + judged.task() + ".jsonl", "judgements_" + judged.task() + ".jsonl");
            link(html, "../judged_" + judged.task() + ".json", "judged_" + judged.task() + ".json");
        });
        facts.opinions().damaged().forEach(problem -> html.element("li", SafeText.clean(problem)));
        for (String name : List.of(ReportWriter.CSV, ReportWriter.JSON, ReportWriter.MARKDOWN)) {
            link(html, name, "report/" + name);
        }
        link(html, ReportWriter.FIGURES, "every figure of every variant");
        link(html, ReportWriter.TRIALS, "every trial, with its files");
        return html.close().close();
    }

    private static void link(Markup html, String target, String text) {
        html.open("li").element("a", text, "href", target).close();
    }
}
