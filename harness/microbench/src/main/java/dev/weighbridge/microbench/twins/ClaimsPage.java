package dev.weighbridge.microbench.twins;

import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.DecisionText;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.pages.Page;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Decision.Verdict;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page on how often studies of an engine and its twin claimed a difference, from the folders of their runs. A claim is a
 * verdict that one of the two is dearer, or a twin that got no more load because it surely was; or, of two that are tied in
 * cost, that one serves fewer tokens a second when saturated. Both kinds are counted apart.
 */
public final class ClaimsPage {
    private static final String EQUAL = "equal-twin";

    private ClaimsPage() {}

    /**
     * Writes the page and prints its summary.
     *
     * @param arguments folder that holds the runs, in any depth below it, and the file to write
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: ClaimsPage RUNS PAGE, got " + arguments.length + " arguments");
            System.exit(2);
        }
        List<RunView> runs = runs(Path.of(arguments[0]));
        List<String> summary = List.of(
                sentence(of(runs, true), "twins are equal"), sentence(of(runs, false), "the twin is 10 % slower"));
        Files.writeString(Path.of(arguments[1]), page(runs, summary));
        summary.forEach(System.out::println);
    }

    private static List<RunView> runs(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            // A site has a copy of each run that it shows; a run counts once.
            Map<String, RunView> runs = new TreeMap<>();
            files.filter(file -> file.endsWith("manifest.json"))
                    .sorted()
                    .map(manifest -> RunView.of(RunDirectory.open(manifest.resolveSibling(""))))
                    .forEach(run -> runs.putIfAbsent(
                            run.manifest().study() + " " + run.manifest().runId(), run));
            return List.copyOf(runs.values());
        }
    }

    private static List<RunView> of(List<RunView> runs, boolean equal) {
        return runs.stream().filter(run -> equal(run) == equal).toList();
    }

    private static boolean equal(RunView run) {
        return run.manifest().variants().stream().anyMatch(v -> v.engine().equals(EQUAL));
    }

    /** What a study says of the two. */
    private enum Claim {
        COST,
        SATURATED_THROUGHPUT
    }

    private static boolean claims(RunView run, Claim claim) {
        return run.decision().candidates().stream().anyMatch(c -> claims(c, claim));
    }

    private static boolean claims(Decision.Candidate candidate, Claim claim) {
        return switch (claim) {
            case COST -> candidate.verdict() == Verdict.DEARER || candidate.verdict() == Verdict.SCREENED;
            case SATURATED_THROUGHPUT -> differing(candidate) != null;
        };
    }

    private static @Nullable Reason differing(Decision.Candidate candidate) {
        return candidate.reasons().stream()
                .filter(reason -> reason.code() == Code.SATURATED_THROUGHPUT_DIFFERS)
                .findFirst()
                .orElse(null);
    }

    /** Whether what is claimed of a study's twins speaks against the twin, and for the original. */
    private static boolean againstTwin(RunView run) {
        return run.decision().candidates().stream().anyMatch(candidate -> {
            boolean twin = candidate.variant().contains("-twin~");
            Reason differing = differing(candidate);
            Double ratio = differing == null ? null : differing.figure();
            return claims(candidate, Claim.COST) ? twin : ratio != null && ratio < 1 == twin;
        });
    }

    private static String sentence(List<RunView> runs, String which) {
        long cost = runs.stream().filter(run -> claims(run, Claim.COST)).count();
        long throughput = runs.stream()
                .filter(run -> claims(run, Claim.SATURATED_THROUGHPUT))
                .count();
        long against = runs.stream().filter(ClaimsPage::againstTwin).count();
        long open = runs.stream()
                .filter(r -> r.decision().outcome() == Decision.Outcome.INCONCLUSIVE)
                .count();
        return "Where " + which + ": a difference was claimed in " + (cost + throughput) + " of " + runs.size()
                + " studies (in " + cost + " of cost, in " + throughput
                + " of tokens a second when saturated), in " + against + " of them against the twin; " + open
                + " were inconclusive.";
    }

    private static String page(List<RunView> runs, List<String> summary) {
        Markup html = new Markup();
        html.open("main");
        html.element("h1", "What a decision claims of twins");
        summary.forEach(sentence -> html.element("p", sentence));
        HtmlTable table = new HtmlTable(html, "studies", "Every study, in the order of its folder", true);
        table.heading("study")
                .heading("run")
                .heading("outcome")
                .numbers("capacity", "requests/s")
                .numbers("twin's", "requests/s");
        table.heading("what is said of the other");
        table.rows("runs");
        for (RunView run : runs) {
            table.row("").text(run.manifest().study()).text(run.manifest().runId());
            table.text(DecisionText.label(run.decision().outcome()));
            for (boolean twin : new boolean[] {false, true}) {
                Measurement capacity = capacity(run, twin);
                if (capacity == null) {
                    table.none();
                } else {
                    table.number(Notation.of(capacity).number(capacity.value()), capacity.value());
                }
            }
            table.text(verdict(run)).endRow();
        }
        table.end();
        html.close();
        return Page.of("What a decision claims of twins", html, Page.STYLE, Page.TABLES);
    }

    private static @Nullable Measurement capacity(RunView run, boolean twin) {
        return run.rows().stream()
                .filter(row -> row.variant().engine().endsWith("-twin") == twin)
                .map(VariantView::capacity)
                .flatMap(capacity -> capacity.found().stream())
                .findFirst()
                .orElse(null);
    }

    private static String verdict(RunView run) {
        List<String> verdicts = new ArrayList<>();
        for (Decision.Candidate candidate : run.decision().candidates()) {
            if (candidate.verdict() != Verdict.CHOSEN) {
                verdicts.add(candidate.variant() + ": " + ReasonText.of(candidate.reasons()));
            }
        }
        return String.join("; ", verdicts);
    }
}
