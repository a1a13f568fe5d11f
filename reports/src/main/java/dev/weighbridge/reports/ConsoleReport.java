package dev.weighbridge.reports;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.RunView;
import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ModelNames;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results and the decision as plain text for a terminal; nothing in it can steer the terminal. */
public final class ConsoleReport {
    private static final int LEAST_WIDTH = 60;
    private static final int LEAST_NAME = 20;
    private static final int MOST_REASONS = 3;
    private static final int WIDE = 140;
    private static final List<Metric> COLUMNS = List.of(
            Metric.ACCURACY,
            Metric.TTFT_P50,
            Metric.TTFT_P95,
            Metric.TPOT_P50,
            Metric.CAPACITY,
            Metric.TOKENS_AT_CAPACITY,
            Metric.COST);

    private final int width;
    private final String gap;
    private final StringBuilder out = new StringBuilder();

    private ConsoleReport(int width) {
        this.width = width;
        this.gap = width < WIDE ? " " : "  ";
    }

    /**
     * Renders a run as far as it has come.
     *
     * @param width of the terminal in columns; no line is longer, and at 120 and more no figure is cut
     * @return lines that each end with a line end
     */
    public static String render(RunView view, int width) {
        ConsoleReport report = new ConsoleReport(Math.max(LEAST_WIDTH, width));
        List<VariantView> rows = view.rows();
        Map<String, String> names = VariantNames.of(view.manifest().variants());
        report.table(rows, names);
        String note = ModelNames.note(view.manifest());
        if (!note.isEmpty()) {
            report.wrapped("", note);
            report.out.append('\n');
        }
        report.reasons(rows, names);
        report.decision(view.decision(), names);
        return report.out.toString();
    }

    private void table(List<VariantView> rows, Map<String, String> names) {
        List<String[]> lines = new ArrayList<>();
        lines.add(heads(false));
        lines.add(heads(true));
        rows.forEach(row -> lines.add(cells(row, names)));
        int[] widths = new int[lines.get(0).length];
        for (String[] line : lines) {
            for (int i = 0; i < line.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        widths[1] = Math.min(widths[1], Math.max(LEAST_NAME, width - otherWidth(widths)));
        lines.forEach(line -> line(line, widths));
        out.append('\n');
    }

    private static String[] heads(boolean units) {
        List<String> heads = new ArrayList<>(units ? List.of("", "") : List.of("#", "variant"));
        for (Metric column : COLUMNS) {
            String[] words = column.label().toLowerCase(Locale.ROOT).split(" ", -1);
            String name = words[0].startsWith("t") ? words[0].toUpperCase(Locale.ROOT) : words[0];
            String percentile = words.length > 1 ? words[1] + " " : "";
            heads.add(units ? percentile + (column.equals(Metric.COST) ? "$/1M" : column.unit()) : name);
        }
        heads.add(units ? "" : "status");
        return heads.toArray(new String[0]);
    }

    private static String[] cells(VariantView row, Map<String, String> names) {
        String name = name(row.variant(), names) + (row.baseline() ? " (baseline)" : "");
        List<String> cells = new ArrayList<>(List.of(row.rank(), name));
        for (Metric column : COLUMNS) {
            cells.add(row.figure(column).map(m -> figure(column, m)).orElse("-"));
        }
        cells.add(ResultsSection.status(row));
        return cells.toArray(new String[0]);
    }

    private static String figure(Metric column, Measurement figure) {
        String number = column.notation().number(figure.value()) + (figure.uncertain() ? "?" : "");
        return column.equals(Metric.ACCURACY)
                ? number
                        + column.notation()
                                .plusMinus(figure)
                                .map(half -> " " + half)
                                .orElse("")
                : number;
    }

    private void line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            boolean text = i == 1 || i == cells.length - 1;
            String cell = SafeText.clean(cells[i], Math.max(1, widths[i]));
            String padding = " ".repeat(Math.max(0, widths[i] - cell.length()));
            line.append(i == 0 ? "" : gap).append(text ? cell + padding : padding + cell);
        }
        out.append(SafeText.clean(line.toString().stripTrailing(), width)).append('\n');
    }

    private int otherWidth(int[] widths) {
        int others = gap.length() * (widths.length - 1);
        for (int i = 0; i < widths.length; i++) {
            others += i == 1 ? 0 : widths[i];
        }
        return others;
    }

    private void reasons(List<VariantView> rows, Map<String, String> names) {
        List<VariantView> notValid = rows.stream().filter(row -> !row.valid()).toList();
        if (!notValid.isEmpty()) {
            out.append("Not ranked:\n");
            for (VariantView row : notValid) {
                List<String> reasons = ReasonText.list(row.reasons());
                String more = reasons.size() > MOST_REASONS ? "; and " + (reasons.size() - MOST_REASONS) + " more" : "";
                wrapped(
                        "  ",
                        name(row.variant(), names) + ": " + ResultsSection.status(row) + ", "
                                + String.join("; ", reasons.subList(0, Math.min(MOST_REASONS, reasons.size())))
                                + more);
            }
            out.append('\n');
        }
    }

    private void decision(Decision decision, Map<String, String> names) {
        String chosen = decision.chosen();
        String name = chosen == null ? "" : names.getOrDefault(chosen, chosen);
        wrapped(
                "",
                "Decision: "
                        + decision.outcome().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + (chosen == null ? "" : ": deploy " + name));
        wrapped("", decision.summary());
        for (Decision.Candidate candidate : decision.candidates()) {
            boolean named = candidate.verdict() == Decision.Verdict.CHOSEN
                    || candidate.verdict() == Decision.Verdict.TIED
                    || candidate.verdict() == Decision.Verdict.INCONCLUSIVE;
            if (named) {
                String variant = names.getOrDefault(candidate.variant(), candidate.variant());
                String verdict = candidate.verdict().name().toLowerCase(Locale.ROOT);
                ReasonText.list(candidate.reasons())
                        .forEach(reason -> wrapped("  ", verdict + " " + variant + ": " + reason));
            }
        }
        if (!decision.priceDate().isEmpty()) {
            wrapped("", "Prices: " + decision.priceList() + " of " + decision.priceDate());
        }
    }

    private static String name(Variant variant, Map<String, String> names) {
        return names.getOrDefault(variant.id(), variant.id());
    }

    /** A paragraph broken between words so that no line is longer than the terminal is wide. */
    private void wrapped(String indent, String text) {
        StringBuilder line = new StringBuilder(indent);
        boolean empty = true;
        for (String word : SafeText.clean(text).split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > width) {
                out.append(line).append('\n');
                line = new StringBuilder(indent).append("  ");
                empty = true;
            }
            line.append(empty ? "" : " ").append(SafeText.clean(word, width - indent.length() - 2));
            empty = false;
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }
}
