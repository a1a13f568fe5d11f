package dev.weighbridge.pages;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the facts of a run come from and what its figures mean, as two sections of a page. */
public final class Provenance {
    private Provenance() {}

    /** Sections {@code provenance} and {@code definitions}. */
    public static Markup of(Manifest manifest, List<Trial> trials) {
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
        engines(trials).forEach((engine, facts) -> list(html, engine + ", as opened", facts));
        html.close();
        study(html, manifest);
        html.close();
        return html.append(Definitions.of(
                defined(trials),
                "Percentiles come from HdrHistogram with three significant digits; their intervals are those of order"
                        + " statistics. With several repeats a figure is the mean of the repeats, with Student's interval."
                        + " Latency is of completed requests; failed ones stay in the denominator of goodput."));
    }

    private static void facts(Markup html, Manifest manifest) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Study", manifest.study());
        facts.put("Run", manifest.runId());
        facts.put("Started", manifest.createdAt());
        String commit = manifest.gitCommit();
        facts.put("Git commit", commit == null ? "not run from a working tree" : commit);
        facts.put("Study file, sha256", manifest.studySha256());
        facts.put(
                "Baseline",
                VariantNames.of(manifest.variants()).getOrDefault(manifest.baseline(), manifest.baseline()));
        new TreeMap<>(manifest.seeds()).forEach((purpose, seed) -> facts.put("Seed, " + purpose, seed.toString()));
        list(html, "", facts);
    }

    private static void models(Markup html, Manifest manifest) {
        boolean random = manifest.models().stream().anyMatch(model -> model.randomWeights() != null);
        HtmlTable table = HtmlTable.stacked(html, "models-table", "Models");
        table.heading("Model").heading("Licence").numbers("Parameters", "");
        if (random) {
            table.heading("Weights");
        }
        table.heading("sha256").rows("ranked");
        for (Manifest.Model model : manifest.models()) {
            table.row("").head(model.name()).text(model.licence());
            table.number(Notation.count(model.parameters()), (double) model.parameters());
            if (random) {
                weights(table, model.randomWeights());
            }
            hash(table, model.sha256()).endRow();
        }
        table.end();
    }

    private static void weights(HtmlTable table, Manifest.@Nullable RandomWeights weights) {
        if (weights == null) {
            table.none();
        } else {
            table.text(ModelNames.RANDOM_WEIGHTS + "; shape " + SafeText.clean(weights.shape(), SafeText.SHORT)
                    + ", seed " + weights.seed());
        }
    }

    private static void data(Markup html, Manifest manifest) {
        if (manifest.data().isEmpty()) {
            return;
        }
        HtmlTable table = HtmlTable.stacked(html, "data-table", "Task sets and prompts");
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
        if (prices.usdPerHour().isEmpty()) {
            return;
        }
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

    private static Map<String, Map<String, String>> engines(List<Trial> trials) {
        Map<String, Map<String, String>> engines = new TreeMap<>();
        for (Trial trial : trials) {
            Map<String, String> facts = engines.computeIfAbsent(trial.variant().engine(), engine -> new TreeMap<>());
            trial.engine().forEach(facts::putIfAbsent);
        }
        return engines;
    }

    private static void list(Markup html, String heading, Map<String, String> facts) {
        html.open("div");
        if (!heading.isEmpty()) {
            html.element("h4", SafeText.clean(heading, SafeText.SHORT));
        }
        html.open("dl", "class", "facts");
        Map<String, String> ordered = heading.isEmpty() ? facts : new TreeMap<>(facts);
        ordered.forEach((name, value) -> html.open("div")
                .element("dt", SafeText.clean(name.replaceAll("_bytes$", "").replace('_', ' '), SafeText.SHORT))
                .element("dd", size(name, SafeText.clean(value)))
                .close());
        html.close().close();
    }

    /** Bytes with a unit that can be read; any other value as it is. */
    private static String size(String name, String value) {
        if (!name.endsWith("_bytes") || !value.matches("\\d{1,15}")) {
            return value;
        }
        double mebibytes = Long.parseLong(value) / 1048576.0;
        return mebibytes < 1024
                ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
                : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
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

    private static List<Metric> defined(List<Trial> trials) {
        Set<String> ids = new LinkedHashSet<>(List.of(
                Metric.CAPACITY.id(),
                Metric.COST.id(),
                Metric.TOKENS_AT_CAPACITY.id(),
                Metric.COST_PER_REQUESTS.id(),
                Metric.COST_PER_CORRECT.id()));
        trials.forEach(trial -> trial.measurements().forEach(m -> ids.add(m.name())));
        return Metric.catalogue().stream()
                .filter(metric -> ids.contains(metric.id()))
                .toList();
    }
}
