package dev.weighbridge.reports;

import dev.weighbridge.results.InvalidResultException;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.format.Markup;
import dev.weighbridge.results.format.MetricDefinitions;
import dev.weighbridge.results.format.Notation;
import dev.weighbridge.results.format.SafeText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where the facts come from, what the figures mean, and the files under them. */
final class ProvenanceSection {
    private ProvenanceSection() {}

    static Markup of(RunFacts facts, RunDirectory run) {
        Manifest manifest = facts.manifest();
        Markup html = new Markup();
        html.open("section", "id", "provenance", "aria-labelledby", "provenance-heading");
        html.element("h2", "Provenance", "id", "provenance-heading");
        facts(html, manifest);
        models(html, manifest);
        data(html, manifest);
        prices(html, manifest);
        html.element("h3", "Host and software");
        html.open("div", "class", "columns");
        list(html, "Host", manifest.host());
        list(html, "Software", manifest.software());
        list(html, "Engines as opened", engines(facts.trials()));
        html.close();
        study(html, manifest);
        html.close();
        definitions(html, facts);
        files(html, facts, run);
        return html;
    }

    private static void facts(Markup html, Manifest manifest) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Study", manifest.study());
        facts.put("Run", manifest.runId());
        facts.put("Started", manifest.createdAt());
        String commit = manifest.gitCommit();
        facts.put("Git commit", commit == null ? "not run from a working tree" : commit);
        facts.put("Study file, sha256", manifest.studySha256());
        facts.put("Baseline", manifest.baseline());
        new TreeMap<>(manifest.seeds()).forEach((purpose, seed) -> facts.put("Seed, " + purpose, seed.toString()));
        list(html, "", facts);
    }

    private static void models(Markup html, Manifest manifest) {
        HtmlTable table = new HtmlTable(html, "models-table", "Models", false);
        table.heading("Model")
                .heading("Licence")
                .numbers("Parameters", "")
                .heading("sha256")
                .rows("ranked");
        for (Manifest.Model model : manifest.models()) {
            table.row("").head(model.name()).text(model.licence());
            table.number(Notation.count(model.parameters()), (double) model.parameters());
            hash(table, model.sha256()).endRow();
        }
        table.end();
    }

    private static void data(Markup html, Manifest manifest) {
        HtmlTable table = new HtmlTable(html, "data-table", "Task sets and prompts", false);
        table.heading("Id")
                .heading("Version")
                .heading("Licence")
                .numbers("Samples", "")
                .heading("sha256")
                .rows("ranked");
        for (Manifest.Data data : manifest.data()) {
            table.row("").head(data.id()).text(data.version()).text(data.licence());
            table.number(Notation.count(data.samples()), data.samples());
            hash(table, data.sha256()).endRow();
        }
        table.end();
    }

    private static void prices(Markup html, Manifest manifest) {
        Manifest.Prices prices = manifest.prices();
        HtmlTable table = new HtmlTable(
                html,
                "prices-table",
                SafeText.clean(
                        "Prices: list " + prices.name() + " of " + prices.date() + ", source: " + prices.source(), 400),
                false);
        table.heading("Hardware").numbers("Price", "$ / hour").rows("ranked");
        new TreeMap<>(prices.usdPerHour())
                .forEach((hardware, usd) -> table.row("")
                        .head(hardware)
                        .number(Notation.USD.number(usd), usd)
                        .endRow());
        table.end();
    }

    private static HtmlTable hash(HtmlTable table, String sha256) {
        return table.cell(new Markup().element("code", SafeText.clean(sha256, SafeText.SHORT)));
    }

    private static Map<String, String> engines(List<Trial> trials) {
        Map<String, String> engines = new TreeMap<>();
        for (Trial trial : trials) {
            new TreeMap<>(trial.engine())
                    .forEach(
                            (name, value) -> engines.putIfAbsent(trial.variant().engine() + ", " + name, value));
        }
        return engines;
    }

    private static void list(Markup html, String heading, Map<String, String> facts) {
        html.open("div");
        if (!heading.isEmpty()) {
            html.element("h4", heading);
        }
        html.open("dl", "class", "facts");
        Map<String, String> ordered = heading.isEmpty() ? facts : new TreeMap<>(facts);
        ordered.forEach((name, value) -> html.open("div")
                .element("dt", SafeText.clean(name, SafeText.SHORT))
                .element("dd", SafeText.clean(value))
                .close());
        html.close().close();
    }

    private static void study(Markup html, Manifest manifest) {
        html.open("details").element("summary", "The study file as read");
        html.open("pre");
        // The file's own line ends are kept; everything else in a line is cleaned.
        manifest.studyText()
                .lines()
                .limit(1_000)
                .forEach(line -> html.text(SafeText.clean(line)).lineEnd());
        html.close().close();
    }

    private static void definitions(Markup html, RunFacts facts) {
        Set<String> ids = new LinkedHashSet<>();
        facts.trials().forEach(trial -> trial.measurements().forEach(m -> ids.add(m.definition())));
        facts.summary().rows().forEach(row -> row.figures().values().forEach(m -> ids.add(m.definition())));
        html.open("section", "id", "definitions", "aria-labelledby", "definitions-heading");
        html.element("h2", "How the figures are defined", "id", "definitions-heading");
        html.open("dl", "class", "facts wide");
        MetricDefinitions.of(ids)
                .forEach((id, text) ->
                        html.open("div").element("dt", id).element("dd", text).close());
        html.close();
        html.element(
                "p",
                "Percentiles come from HdrHistogram with three significant digits; their intervals are those of order"
                        + " statistics. With several repeats a figure is the mean of the repeats, with Student's interval."
                        + " Latency is of completed requests; failed ones stay in the denominator of goodput.",
                "class",
                "note");
        html.close();
    }

    private static void files(Markup html, RunFacts facts, RunDirectory run) {
        html.open("section", "id", "files", "aria-labelledby", "files-heading");
        html.element("h2", "Raw files", "id", "files-heading");
        html.open("ul", "class", "files");
        for (String name : List.of("manifest.json", "trials.jsonl", "decision.json")) {
            if (Files.exists(facts.path().resolve(name))) {
                link(html, "../" + name, name);
            }
        }
        for (String name : List.of(ReportWriter.CSV, ReportWriter.JSON, ReportWriter.MARKDOWN)) {
            link(html, name, "report/" + name);
        }
        html.close();
        html.open("details").element("summary", "Files of each trial").open("ul", "class", "files");
        for (Trial trial : facts.trials()) {
            for (String name : filesOf(run, trial)) {
                String path = "trials/" + trial.id() + "/" + name;
                link(html, "../" + path, path);
            }
        }
        html.close().close().close();
    }

    private static void link(Markup html, String target, String text) {
        html.open("li").element("a", text, "href", target).close();
    }

    /** Names of the plain files of a trial that can stand in a relative link as they are. */
    private static List<String> filesOf(RunDirectory run, Trial trial) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> files = Files.list(run.trialPath(trial.id()))) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[A-Za-z0-9_][A-Za-z0-9._~+-]*"))
                    .sorted()
                    .forEach(names::add);
        } catch (IOException | InvalidResultException e) {
            // A trial without its folder has no raw files to link to.
            return List.of();
        }
        return names;
    }
}
