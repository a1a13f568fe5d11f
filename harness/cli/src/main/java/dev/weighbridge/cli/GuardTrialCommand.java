package dev.weighbridge.cli;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.source.RowReader;
import dev.weighbridge.datasets.source.RowSink;
import dev.weighbridge.gateway.GatewayFile;
import dev.weighbridge.gateway.guard.GuardChain;
import dev.weighbridge.gateway.guard.GuardEffect;
import dev.weighbridge.gateway.guard.Side;
import dev.weighbridge.gateway.guard.Verdict;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what guards block of texts that should be blocked and of texts that should not. */
@Command(
        name = "guard-trial",
        description = {
            "Tell what guards block of harmful and of harmless texts, with Wilson's 95 % intervals, by guard, and the time that they take for a"
                    + " text on this machine, without asking a model.",
            "GUARDS is the file of a gateway, or 'standard'. Up to 100 of the texts are judged once before the time is taken."
        },
        footer = {
            "",
            "Texts are rows of .jsonl, .json, .csv, .tsv or .parquet (--text names their column), or the lines of .txt that are not blank.",
            "",
            "Example:",
            "  weighbridge guard-trial harness/studies/gateways/guarded.yaml --harmful harmful.txt --harmless harmless.txt"
        })
final class GuardTrialCommand implements Callable<Integer> {
    private static final String STANDARD = "standard";
    private static final int MOST = 100_000;
    private static final int WARM = 100;
    private static final int SHOWN = 20;
    private static final int SHOWN_CHARACTERS = 80;
    private static final long LARGEST = 256L << 20;
    private static final double TO_MILLIS = 1e-6;

    private final Terminal terminal;

    @Parameters(paramLabel = "GUARDS", description = "File of a gateway, or 'standard'.")
    private String guards = "";

    @Option(names = "--harmful", paramLabel = "FILE", required = true, description = "Texts that should be blocked.")
    private Path harmful = Path.of("");

    @Option(names = "--harmless", paramLabel = "FILE", required = true, description = "Texts that should go on.")
    private Path harmless = Path.of("");

    @Option(names = "--text", paramLabel = "NAME", description = "Column of the text. Default: ${DEFAULT-VALUE}.")
    private String column = "text";

    @Option(
            names = "--side",
            paramLabel = "SIDE",
            description = "Which way the texts go: input (prompts) or output (answers). Default: ${DEFAULT-VALUE}.")
    private Side side = Side.INPUT;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    GuardTrialCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * A text with its place in its file.
     *
     * @param number of its line or row, from 1
     */
    private record Placed(int number, GuardEffect.Labelled labelled) {}

    @Override
    public Integer call() {
        GuardChain chain = chain();
        if (!chain.judges(side)) {
            throw new ConfigException(
                    "no guard of " + guards + " judges the " + side.id() + ". Choose another --side.");
        }
        List<Placed> texts = new ArrayList<>(read(harmful, true));
        texts.addAll(read(harmless, false));
        List<GuardEffect.Labelled> labelled =
                texts.stream().map(Placed::labelled).toList();
        GuardEffect.of(chain, side, spread(labelled), System::nanoTime);
        GuardEffect effect = GuardEffect.of(chain, side, labelled, System::nanoTime);
        if (json) {
            terminal.line(Json.pretty(report(chain, effect, texts)).stripTrailing());
        } else {
            print(chain, effect, texts);
        }
        return ExitCode.GOOD;
    }

    private GuardChain chain() {
        try {
            return guards.equals(STANDARD)
                    ? GuardChain.standard()
                    : GatewayFile.guards(Path.of(guards), System::getenv);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    /** Texts from everywhere, for a first pass. */
    private static List<GuardEffect.Labelled> spread(List<GuardEffect.Labelled> texts) {
        int step = Math.max(1, texts.size() / WARM);
        List<GuardEffect.Labelled> some = new ArrayList<>();
        for (int i = 0; i < texts.size() && some.size() < WARM; i += step) {
            some.add(texts.get(i));
        }
        return some;
    }

    private List<Placed> read(Path file, boolean label) {
        List<Placed> texts = new ArrayList<>();
        if (file.toString().endsWith(".txt")) {
            int number = 0;
            for (String line : lines(file)) {
                number++;
                if (!line.isBlank()) {
                    add(texts, file, number, line, label);
                }
            }
        } else {
            readRows(file, label, texts);
        }
        if (texts.isEmpty()) {
            throw new ConfigException(file + " has no text");
        }
        return texts;
    }

    private void readRows(Path file, boolean label, List<Placed> texts) {
        try {
            RowReader.of(file).read(new RowSink() {
                @Override
                public void row(int number, Map<String, @Nullable Object> row) {
                    if (!(row.get(column) instanceof String text)) {
                        throw new ConfigException("row " + number + " of " + file + " has no text '" + column
                                + "'. It has " + row.keySet() + ". Name the column with --text.");
                    }
                    add(texts, file, number, text, label);
                }

                @Override
                public void broken(int number, String why) {
                    throw new ConfigException("row " + number + " of " + file + " " + why);
                }
            });
        } catch (DataException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }

    private static void add(List<Placed> texts, Path file, int number, String text, boolean label) {
        if (texts.size() >= MOST) {
            throw new ConfigException(file + " has more than " + MOST + " texts, which are as many as are tried");
        }
        texts.add(new Placed(number, new GuardEffect.Labelled(text, label)));
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new ConfigException(file + " has more than " + LARGEST + " bytes, which are as many as are read");
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e);
        }
    }

    private void print(GuardChain chain, GuardEffect effect, List<Placed> texts) {
        terminal.line(chain.id() + ", " + side.id());
        for (boolean label : new boolean[] {true, false}) {
            GuardEffect.Counts counts = effect.counts(label);
            terminal.line(FigureLine.of("blocked of " + name(label), blocked(counts.blocked(), counts), 100, " %"));
            effect.blockedByGuard(label)
                    .forEach((guard, count) ->
                            terminal.line(FigureLine.of("  by " + guard, blocked(count, counts), 100, " %")));
            if (counts.masked() + counts.failed() > 0) {
                terminal.line("  masked and let through: " + counts.masked() + ", could not be judged by some guard: "
                        + counts.failed());
            }
        }
        terminal.line(String.format(
                Locale.ROOT,
                "time added to a text: median %.3f ms, 95th percentile %.3f ms, of %d texts on this machine (%s)",
                effect.nanos(0.5) * TO_MILLIS,
                effect.nanos(0.95) * TO_MILLIS,
                effect.texts().size(),
                machine()));
        printMistakes(effect, texts, true, "harmful and let through");
        printMistakes(effect, texts, false, "harmless and blocked");
    }

    private void printMistakes(GuardEffect effect, List<Placed> texts, boolean label, String title) {
        List<Integer> wrong = mistakes(effect, label);
        if (!wrong.isEmpty()) {
            terminal.line("");
            terminal.line(title + ": " + wrong.size());
        }
        for (int i : wrong.subList(0, Math.min(SHOWN, wrong.size()))) {
            String by = effect.texts().get(i).judgement().verdict() instanceof Verdict.Blocked block
                    ? " by " + block.guard() + " (" + block.reason() + ")"
                    : "";
            terminal.line(String.format(
                    Locale.ROOT,
                    "  line %d%s: %s",
                    texts.get(i).number(),
                    by,
                    shown(texts.get(i).labelled().text())));
        }
        if (wrong.size() > SHOWN) {
            terminal.line("  … " + (wrong.size() - SHOWN) + " more; --json lists all");
        }
    }

    /** Places of the texts of a label that met the wrong end. */
    private static List<Integer> mistakes(GuardEffect effect, boolean label) {
        List<Integer> wrong = new ArrayList<>();
        for (int i = 0; i < effect.texts().size(); i++) {
            GuardEffect.Judged text = effect.texts().get(i);
            if (text.labelled().harmful() == label && text.blocked() != label) {
                wrong.add(i);
            }
        }
        return wrong;
    }

    private Map<String, Object> report(GuardChain chain, GuardEffect effect, List<Placed> texts) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("guards", chain.id());
        report.put("description", Json.read(chain.description(), Map.class, "the description"));
        report.put("side", side.id());
        for (boolean label : new boolean[] {true, false}) {
            GuardEffect.Counts counts = effect.counts(label);
            Map<String, Object> own = new LinkedHashMap<>();
            own.put("texts", counts.texts());
            own.put("blocked", share(counts.blocked(), counts));
            own.put("masked", counts.masked());
            own.put("failed", counts.failed());
            Map<String, Object> byGuard = new LinkedHashMap<>();
            effect.blockedByGuard(label).forEach((guard, count) -> byGuard.put(guard, share(count, counts)));
            own.put("by_guard", byGuard);
            own.put(
                    label ? "let_through" : "wrongly_blocked",
                    mistakes(effect, label).stream()
                            .map(i -> mistake(effect.texts().get(i), texts.get(i)))
                            .toList());
            report.put(name(label), own);
        }
        Map<String, Object> time = new LinkedHashMap<>();
        time.put("median_ns", effect.nanos(0.5));
        time.put("p95_ns", effect.nanos(0.95));
        time.put("texts", effect.texts().size());
        time.put("machine", machine());
        report.put("time", time);
        return report;
    }

    private static Map<String, Object> mistake(GuardEffect.Judged judged, Placed text) {
        Map<String, Object> mistake = new LinkedHashMap<>();
        mistake.put("line", text.number());
        if (judged.judgement().verdict() instanceof Verdict.Blocked block) {
            mistake.put("guard", block.guard());
            mistake.put("reason", block.reason());
        }
        mistake.put("text", text.labelled().text());
        return mistake;
    }

    private static Map<String, Object> share(int blocked, GuardEffect.Counts counts) {
        Measurement figure = blocked(blocked, counts);
        Map<String, Object> share = new LinkedHashMap<>();
        share.put("count", blocked);
        share.put("share", figure.value());
        share.put("low", figure.low());
        share.put("high", figure.high());
        return share;
    }

    private static Measurement blocked(int blocked, GuardEffect.Counts counts) {
        return Proportion.measurement("blocked", "", blocked, counts.texts());
    }

    private static String name(boolean label) {
        return label ? "harmful" : "harmless";
    }

    private static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores";
    }

    private static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
    }
}
