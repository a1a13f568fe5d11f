package dev.weighbridge.reports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.reports.charts.LoadCurve;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Variant;
import dev.weighbridge.testkit.MeasuredRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

class ReportWriterTest {
    @TempDir
    static Path results;

    private static final Map<String, Document> PAGES = new HashMap<>();

    private static RunDirectory realistic;
    private static RunDirectory hostile;

    @TempDir
    Path own;

    @BeforeAll
    static void write() {
        realistic = FixtureRun.realistic(results);
        hostile = FixtureRun.hostile(results);
        ReportWriter.write(realistic);
        ReportWriter.write(hostile);
    }

    private static String read(RunDirectory run, String name) throws IOException {
        return Files.readString(run.path().resolve("report").resolve(name));
    }

    /** The page of a run; parsed once for each state that it was written in. */
    private static Document page(RunDirectory run) throws IOException {
        return PAGES.computeIfAbsent(read(run, "index.html"), Documents::html);
    }

    private static List<Element> rows(Document page, String table, String group) {
        return Documents.all(Documents.byId(page, table), "tbody").stream()
                .filter(body -> body.getAttribute("class").equals(group))
                .flatMap(body -> Documents.all(body, "tr").stream())
                .toList();
    }

    @Test
    void theDecisionComesFirstAndTheRestInItsOrder() throws IOException {
        assertThat(Documents.all(page(realistic), "section"))
                .extracting(section -> section.getAttribute("id"))
                .containsExactly(
                        "decision", "results", "charts", "quality", "evidence", "provenance", "definitions", "files");
    }

    @Test
    void aModelOfRandomWeightsSaysSoWhereverItIsNamed() throws IOException {
        RunDirectory run = FixtureRun.randomWeights(own);
        ReportWriter.write(run);
        String note = "random weights: speed only";
        assertThat(Documents.byId(page(run), "results").getTextContent())
                .contains("all of model demo-llm-25m (" + note + ")");
        assertThat(rows(page(run), "models-table", "ranked"))
                .singleElement()
                .extracting(Element::getTextContent)
                .asString()
                .contains(note + "; shape gpt2, seed 7");
        assertThat(Documents.byId(page(run), "decision").getTextContent())
                .contains("goodput, the share")
                .doesNotContain("accuracy");
        assertThat(read(run, "report.md"))
                .contains("demo-llm-25m has " + note)
                .doesNotContain("percentage points under the baseline");
        assertThat(read(run, "summary.csv")).contains(",demo-llm-25m,random,");
        assertThat(read(run, "summary.json")).contains("\"random_weights\":[\"demo-llm-25m\"]");
        assertThat(ConsoleReport.render(RunView.of(run), 150)).contains("demo-llm-25m has " + note + ".");
        assertThat(read(realistic, "index.html")).doesNotContain(note);
        assertThat(read(realistic, "report.md")).doesNotContain(note);
    }

    @Test
    void theDecisionIsAStatementWithItsCostItsReasonsAndItsTie() throws IOException {
        Element decision = Documents.byId(page(realistic), "decision");
        assertThat(decision.getTextContent())
                .contains("Deploy onnxruntime · int8 · continuous-8, tied with others")
                .contains("$0.0248")
                .contains("cheapest variant that meets the objectives")
                .contains("Tied with it", "pytorch · int8 · continuous-8")
                .contains("TTFT of a good request at most 250 ms")
                .contains("example-cloud of 2026-02-15");
    }

    @Test
    void everyVariantHasARowAndOnlyValidOnesAreRanked() throws IOException {
        Document page = page(realistic);
        List<Element> ranked = rows(page, "results-table", "ranked");
        assertThat(ranked).as("one of them screened, three disqualified").hasSize(15);
        assertThat(ranked.subList(0, 3)).extracting(ReportWriterTest::rank).containsExactly("1=", "1=", "3");
        List<Element> unranked = rows(page, "results-table", "unranked");
        assertThat(unranked).as("three rows, each followed by its reasons").hasSize(6);
        assertThat(unranked).extracting(ReportWriterTest::rank).doesNotContain("1", "1=", "2", "12");
        assertThat(unranked)
                .extracting(Element::getTextContent)
                .anyMatch(text -> text.contains("pytorch has no int4 kernel on this CPU"))
                .anyMatch(text -> text.contains("engine process ended with exit code 134"))
                .anyMatch(text -> text.contains("mean KL divergence from the baseline is 0.310 nats"));
    }

    @Test
    void answersThatDependOnTheProcessorAreToldInOneLine() throws IOException {
        List<Variant> variants = Stream.of("fp32", "w8a8")
                .flatMap(precision -> Stream.of("pytorch", "onnxruntime")
                        .map(engine -> new Variant(
                                "m~" + engine + "~" + precision, "m", engine, precision, "none", "none", "cpu", "box")))
                .toList();
        MeasuredRun run = MeasuredRun.in(
                own, "numerics", "20260302-031000-7f3b", variants, List.of("demo-copy"), UnaryOperator.identity());
        variants.forEach(variant -> run.whole(variant, 40, 20, 21, 20.5));
        ReportWriter.write(run.directory());

        String line = "Answers that depend on the processor: onnxruntime, w8a8: activations have 7 bits;"
                + " pytorch, w8a8: activations have 7 bits.";
        assertThat(Documents.byId(page(run.directory()), "results").getTextContent())
                .containsOnlyOnce(line);
        assertThat(read(run.directory(), "report.md")).containsOnlyOnce(line);
        assertThat(Documents.byId(page(realistic), "results").getTextContent())
                .doesNotContain("depend on the processor");
    }

    private static String rank(Element row) {
        return Documents.all(row, "td").get(0).getTextContent();
    }

    @Test
    void aFigureCarriesUnitIntervalSampleCountAndDefinition() throws IOException {
        Document page = page(realistic);
        Element first = rows(page, "results-table", "ranked").get(0);
        assertThat(Documents.byId(page, "results-table").getTextContent()).contains("TTFT p95ms");
        assertThat(first.getTextContent())
                .containsPattern("\\[[\\d.]+, [\\d.]+]")
                .contains("non-inferior");
        assertThat(rows(page, "samples-table", "ranked").get(0).getTextContent())
                .as("requests of three blocks behind the latencies")
                .contains("1,800");
        assertThat(Documents.byId(page, "definitions").getTextContent()).contains("TTFT");
        assertThat(rows(side("figures.html"), "figures-1", "ranked").stream()
                        .map(row -> Documents.all(row, "td"))
                        .map(cells -> cells.get(cells.size() - 1).getTextContent()))
                .as("definition ids")
                .contains("accuracy", "capacity");
    }

    private static Document side(String name) throws IOException {
        return PAGES.computeIfAbsent(read(realistic, name), Documents::html);
    }

    @Test
    void anUncertainPercentileIsMarked() throws IOException {
        assertThat(Documents.byId(side("figures.html"), "all-figures").getTextContent())
                .as("a p99 of 600 samples")
                .contains("ms ?");
    }

    @Test
    void everyTrialIsListedWithItsFiles() throws IOException {
        List<Element> trials = rows(side("trials.html"), "trials-table", "ranked");
        assertThat(trials).hasSameSizeAs(realistic.trials());
        assertThat(trials)
                .anyMatch(row -> Documents.all(row, "a").stream()
                        .anyMatch(link -> link.getAttribute("href").endsWith("/ttft.hlog")));
        assertThat(Documents.byId(side("trials.html"), "chart-timeline").getTextContent())
                .contains("how it ended");
    }

    @Test
    void thePageOfAStudyOfQuickstartSizeStaysSmall() throws IOException {
        RunDirectory run = FixtureRun.quickstartSize(own);
        ReportWriter.write(run);
        assertThat(run.trials()).hasSizeGreaterThan(250);
        assertThat(Documents.all(page(run), "svg")).as("charts inside").hasSize(3);
        assertThat(Files.size(run.path().resolve("report/index.html")))
                .as("bytes of index.html")
                .isLessThan(300_000);
    }

    @Test
    void nothingIsSaidInATitleAlone() throws IOException {
        for (String name : List.of("index.html", "figures.html", "trials.html", "loads.html")) {
            for (RunDirectory run : List.of(realistic, hostile)) {
                assertThat(Documents.all(Documents.html(read(run, name)), "*"))
                        .as(name + ": a title attribute is out of reach of keyboard and touch")
                        .noneMatch(element -> element.hasAttribute("title"));
            }
        }
    }

    @Test
    void aVariantInferiorToTheBaselineIsCalledSo() throws IOException {
        assertThat(rows(page(realistic), "results-table", "ranked"))
                .filteredOn(row -> row.getTextContent().contains("int4"))
                .isNotEmpty()
                .allMatch(row -> row.getTextContent().contains("inferior")
                        && !row.getTextContent().contains("non-inferior"))
                .allMatch(row -> row.getTextContent().contains("disqualified"));
    }

    @Test
    void flipsAreCountedAgainstTheSameSamplesOfTheBaseline() throws IOException {
        RunFacts facts = RunFacts.read(realistic);
        for (var row : facts.rows()) {
            for (String task : facts.tasks().tasks()) {
                facts.tasks().cell(row.variant().id(), task).ifPresent(cell -> {
                    Measurement before = facts.tasks()
                            .cell(facts.manifest().baseline(), task)
                            .orElseThrow()
                            .accuracy();
                    cell.flips()
                            .ifPresent(
                                    flips -> assertThat((flips.toRight() - flips.toWrong()) / (double) flips.common())
                                            .as("flips explain the whole difference of accuracy")
                                            .isCloseTo(
                                                    cell.accuracy().value() - before.value(),
                                                    org.assertj.core.api.Assertions.within(1e-9)));
                });
            }
        }
        assertThat(Documents.byId(page(realistic), "tasks-table").getTextContent())
                .contains("demo-facts");
    }

    @Test
    void parityIsShownForEachVariant() throws IOException {
        Element table = Documents.byId(page(realistic), "parity-table");
        assertThat(table.getTextContent()).contains("KL divergence", "nats", "Top-1 agreement");
        assertThat(rows(page(realistic), "parity-table", "ranked")).hasSize(18);
    }

    @Test
    void theOthersAreToldWhyTheyLost() throws IOException {
        assertThat(rows(page(realistic), "fates-table", "ranked"))
                .as("all but the chosen one")
                .hasSize(17);
    }

    @Test
    void provenanceNamesModelsDataPricesHostAndCommit() throws IOException {
        assertThat(Documents.byId(page(realistic), "provenance").getTextContent())
                .contains("a1b2c3d4".repeat(8))
                .contains("0f1e2d3c".repeat(8))
                .contains("list example-cloud of 2026-02-15, source: published prices")
                .contains("AMD EPYC 7763", "1.29.0", "9c1e4a7d2b3f4c5e6a7b8c9d0e1f2a3b4c5d6e7f", "Seed, arrivals");
    }

    @Test
    void definitionsOfTheFiguresInUseAreGiven() throws IOException {
        assertThat(Documents.byId(page(realistic), "definitions").getTextContent())
                .contains("Cost", "KL divergence", "first output chunk minus intended send time");
    }

    @Test
    void everyChartHasATitleADescriptionAndItsTable() throws IOException {
        Document page = page(realistic);
        List<Element> figures = Documents.all(page, "figure");
        assertThat(figures).hasSize(3);
        for (Element figure : figures) {
            Element svg = Documents.all(figure, "svg").get(0);
            assertThat(svg.getAttribute("role")).isEqualTo("img");
            for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
                assertThat(Documents.byId(page, id).getTextContent()).isNotBlank();
            }
            assertThat(Documents.all(figure, "table")).hasSize(1);
            assertThat(Documents.all(figure, "tr").size()).isGreaterThan(4);
        }
    }

    @Test
    void tablesHaveCaptionsAndScopedHeadingsAndIdsAreUnique() throws IOException {
        for (RunDirectory run : List.of(realistic, hostile)) {
            Document page = page(run);
            for (Element table : Documents.all(page, "table")) {
                assertThat(Documents.all(table, "caption")).hasSize(1);
                assertThat(Documents.all(table, "th"))
                        .isNotEmpty()
                        .allMatch(head -> Set.of("col", "row").contains(head.getAttribute("scope")));
            }
            Set<String> ids = new HashSet<>();
            assertThat(Documents.all(page, "*"))
                    .filteredOn(element -> element.hasAttribute("id"))
                    .allMatch(element -> ids.add(element.getAttribute("id")));
        }
    }

    @Test
    void sortableHeadingsAreButtonsWithAriaSort() throws IOException {
        List<Element> heads = Documents.all(
                Documents.all(Documents.byId(page(realistic), "results-table"), "thead")
                        .get(0),
                "th");
        assertThat(heads)
                .hasSizeGreaterThan(12)
                .allMatch(head -> head.getAttribute("aria-sort").equals("none"));
        assertThat(heads).allMatch(head -> Documents.all(head, "button").size() == 1);
    }

    @Test
    void everyLinkLeadsToAFileOrAPartOfThePage() throws IOException {
        for (RunDirectory run : List.of(realistic, hostile)) {
            for (String name : List.of("index.html", "figures.html", "trials.html", "loads.html")) {
                Document page = Documents.html(read(run, name));
                List<Element> links = Documents.all(page, "a");
                assertThat(links).isNotEmpty();
                for (Element link : links) {
                    String target = link.getAttribute("href");
                    if (target.startsWith("#")) {
                        assertThat(Documents.byId(page, target.substring(1))).isNotNull();
                    } else {
                        assertThat(run.path().resolve("report").resolve(target)).exists();
                    }
                }
            }
        }
    }

    @Test
    void thePageNeedsNothingFromOutside() throws IOException {
        for (RunDirectory run : List.of(realistic, hostile)) {
            Document page = page(run);
            assertThat(Documents.all(page, "link")).isEmpty();
            assertThat(Documents.all(page, "img")).isEmpty();
            assertThat(Documents.all(page, "script")).hasSize(1);
            for (Element element : Documents.all(page, "*")) {
                assertThat(element.hasAttribute("src")).isFalse();
                assertThat(element.hasAttribute("style"))
                        .as("inline styles are refused by the policy of the page")
                        .isFalse();
                for (int i = 0; i < element.getAttributes().getLength(); i++) {
                    assertThat(element.getAttributes().item(i).getNodeName()).doesNotStartWith("on");
                }
            }
            assertThat(read(run, "index.html")).contains("default-src 'none'".replace("'", "&#39;"));
        }
    }

    @Test
    void hostileTextIsShownAsTextAndBounded() throws IOException {
        String html = read(hostile, "index.html");
        assertThat(html)
                .doesNotContain("<script>alert")
                .doesNotContain("\"onload=")
                .doesNotContain("\u202E", "\u0000");
        assertThat(html).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("x".repeat(1_000));
        assertThat(Documents.byId(page(hostile), "results-table").getTextContent())
                .contains("<script>alert(1)</script>\"onload=\"x'");
    }

    @Test
    void drawingsAreSmallStaticAndDrawnByXChartLettersIncluded() throws IOException {
        for (RunDirectory run : List.of(realistic, hostile)) {
            List<Path> drawings = files(run.path().resolve("report/charts"));
            assertThat(drawings)
                    .as("no hostile variant is valid, but attempts were made")
                    .hasSize(run == realistic ? 4 : 1);
            for (Path file : drawings) {
                Document svg = Documents.xml(Files.readString(file));
                assertThat(Documents.all(svg, "*"))
                        .extracting(Element::getTagName)
                        .as("shapes and nothing else")
                        .isSubsetOf("svg", "title", "desc", "rect", "defs", "clipPath", "path");
                assertThat(Documents.all(svg, "path"))
                        .extracting(path -> path.getAttribute("class"))
                        .as("letters, axes and grid follow the page")
                        .contains("fill-ink", "stroke-axis", "fill-grid");
                assertThat(Files.size(file)).isLessThan(100_000);
            }
        }
    }

    @Test
    void aChartWithoutDataIsNotDrawn() throws IOException {
        RunDirectory run = FixtureRun.evaluatedOnly(own);
        ReportWriter.write(run);
        assertThat(files(run.path().resolve("report/charts")))
                .as("attempts alone have been made")
                .extracting(file -> file.getFileName().toString())
                .containsExactly("timeline.svg");
        assertThat(Documents.all(page(run), "figure")).isEmpty();
    }

    @Test
    void theCsvReadsBackToTheFiguresOfTheRun() throws IOException {
        Table table = Table.read()
                .usingOptions(CsvReadOptions.builderFromString(read(realistic, "summary.csv"))
                        .columnTypesPartial(Map.of("rank", ColumnType.STRING))
                        .build());
        assertThat(table.rowCount()).isEqualTo(18);
        RunView view = RunView.of(realistic);
        for (Row row : table) {
            VariantView summary = view.row(row.getString("variant")).orElseThrow();
            for (Metric column : Metric.COLUMNS) {
                Double value = summary.figure(column).map(Measurement::value).orElse(null);
                if (value == null) {
                    assertThat(row.isMissing(column.id()))
                            .as("absent, not zero")
                            .isTrue();
                } else {
                    assertThat(row.getDouble(column.id())).isEqualTo(value);
                }
            }
        }
    }

    @Test
    void noCellOfTheCsvIsAFormula() throws IOException {
        Table table = Table.read()
                .usingOptions(CsvReadOptions.builderFromString(read(hostile, "summary.csv"))
                        .columnTypes(name -> ColumnType.STRING)
                        .maxCharsPerColumn(100_000)
                        .build());
        assertThat(table.rowCount()).isEqualTo(3);
        assertThat(table.stringColumn("variant").asList()).contains("'" + FixtureRun.FORMULA);
        for (String column : List.of("variant", "model", "engine", "precision", "batching", "device", "reasons")) {
            assertThat(table.stringColumn(column).asList()).noneMatch(cell -> cell.matches("(?s)\\s*[=+@|-].*"));
        }
    }

    @Test
    void theMarkdownHoldsNoMarkupFromOutside() throws IOException {
        String markdown = read(hostile, "report.md");
        assertThat(markdown).doesNotContain("<script").doesNotContain("](javascript");
        List<Integer> columns = markdown.lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.replace("\\|", "").split("\\|", -1).length)
                .distinct()
                .toList();
        assertThat(columns).as("every row has the same number of cells").hasSize(1);
        assertThat(read(realistic, "report.md"))
                .contains("**Deploy onnxruntime · int8 · continuous-8, tied with others**");
    }

    @Test
    void theSameFilesGiveTheSameBytes() throws IOException {
        Map<String, String> before = contents(realistic.path().resolve("report"));
        ReportWriter.write(RunDirectory.open(realistic.path()));
        assertThat(contents(realistic.path().resolve("report"))).isEqualTo(before);
    }

    @Test
    void theDecisionIsMadeFromTheFiguresAndNotReadFromAFile() throws IOException {
        RunDirectory run = FixtureRun.realistic(own);
        ReportWriter.write(run);
        String before = read(run, "index.html");
        run.writeDecision(RunView.of(hostile).decision());
        ReportWriter.write(run);
        assertThat(Documents.byId(page(run), "decision").getTextContent())
                .contains("Deploy onnxruntime")
                .isEqualTo(Documents.byId(Documents.html(before), "decision").getTextContent());
    }

    @Test
    void aRunWithoutTrialsIsReportedAsNotMeasured() throws IOException {
        RunDirectory run = MeasuredRun.in(
                        own, "empty", "r1", realistic.manifest().variants(), List.of(), UnaryOperator.identity())
                .directory();
        ReportWriter.write(run);
        assertThat(rows(page(run), "results-table", "ranked")).isEmpty();
        assertThat(rows(page(run), "results-table", "unranked")).hasSize(36);
        assertThat(Documents.byId(page(run), "charts").getTextContent()).contains("No valid variant");
    }

    @Test
    void oneVariantIsEnoughForTheCharts() throws IOException {
        Variant only = realistic.manifest().variants().get(0);
        RunDirectory run = MeasuredRun.in(own, "single", "r1", List.of(only), List.of(), UnaryOperator.identity())
                .whole(only, 0, 20, 20.5, 19.8)
                .directory();
        ReportWriter.write(run);
        assertThat(Documents.byId(page(run), "charts").getTextContent()).contains("Capacity by variant");
    }

    @Test
    void damagedLogsAndSamplesCostTheirPartAndNotTheReport() throws IOException {
        RunDirectory run = FixtureRun.realistic(own);
        Files.writeString(run.trialPath("t0-capacity-1-1").resolve("ttft.hlog"), "garbage\n1,2,3\n");
        Files.writeString(run.trialPath("t1-evaluation-1-1").resolve("samples_demo-facts.jsonl"), "{\"doc_id\":");
        ReportWriter.write(run);
        RunFacts facts = RunFacts.read(run);
        assertThat(facts.tasks()
                        .cell(run.manifest().variants().get(1).id(), "demo-facts")
                        .orElseThrow()
                        .flips())
                .isEmpty();
        assertThat(facts.tasks()
                        .cell(run.manifest().variants().get(1).id(), "demo-copy")
                        .orElseThrow()
                        .flips())
                .isPresent();
        assertThat(facts.curves().curves()).isNotEmpty();
    }

    @Test
    void theCurvesOfLoadAreOfTheChosenTheBaselineAndTheNextBest() {
        LoadCurves curves = RunFacts.read(realistic).curves();
        assertThat(curves.latency()).isEqualTo(Metric.TTFT_P95);
        assertThat(curves.objectiveMillis()).isEqualTo(250);
        assertThat(curves.curves())
                .hasSize(4)
                .extracting(LoadCurve::name)
                .startsWith("onnxruntime · int8 · continuous-8 · chosen", "pytorch · fp32 · none · baseline");
        assertThat(curves.curves()).allSatisfy(curve -> {
            assertThat(curve.points()).as("two probes in each of three blocks").hasSize(6);
            assertThat(curve.points()).extracting(LoadCurve.Point::rate).isSorted();
            assertThat(curve.points())
                    .as("half of them four percent over what held")
                    .filteredOn(LoadCurve.Point::held)
                    .hasSize(3);
        });
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (Path file : files(folder)) {
            contents.put(folder.relativize(file).toString(), Files.readString(file));
        }
        assertThat(contents).hasSizeGreaterThan(6);
        return contents;
    }
}
