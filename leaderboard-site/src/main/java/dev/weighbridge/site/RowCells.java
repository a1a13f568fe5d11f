package dev.weighbridge.site;

import dev.weighbridge.results.Decision;
import dev.weighbridge.results.format.AccuracyVerdict;
import dev.weighbridge.results.format.FigureColumn;
import dev.weighbridge.results.format.HtmlTable;
import dev.weighbridge.results.format.Markup;
import dev.weighbridge.results.format.RankedVariant;
import dev.weighbridge.results.format.TrialTable;
import java.util.Locale;

/** The cells that a row of the leaderboard and a row of a run's page have in common. */
final class RowCells {
    private RowCells() {}

    static void headings(HtmlTable table) {
        for (FigureColumn column : FigureColumn.values()) {
            table.numbers(column.label(), column.unit());
        }
    }

    static void rank(HtmlTable table, RankedVariant row) {
        if (row.rank().isEmpty()) {
            table.none();
        } else {
            table.number(row.rank(), Double.parseDouble(row.rank().replace("=", "")));
        }
    }

    static void status(HtmlTable table, RankedVariant row) {
        Decision.Candidate candidate = row.candidate();
        boolean judged = row.valid() && candidate != null;
        String style = judged && candidate != null
                ? candidate.verdict().name()
                : row.summary().status().name();
        table.cell(new Markup().element("span", status(row), "class", "tag " + style));
    }

    /** The verdict of the decision on a valid row, else the status of its trials. */
    static String status(RankedVariant row) {
        Decision.Candidate candidate = row.candidate();
        return row.valid() && candidate != null
                ? candidate.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : TrialTable.word(row.summary().status());
    }

    static void figures(HtmlTable table, RankedVariant row) {
        for (FigureColumn column : FigureColumn.values()) {
            AccuracyVerdict verdict = row.accuracy();
            if (column == FigureColumn.ACCURACY_DIFFERENCE && row.baseline()) {
                table.cell(new Markup().element("span", "baseline", "class", "tag"), "class", "n", "data-sort", "0");
            } else if (column == FigureColumn.ACCURACY_DIFFERENCE && verdict != null) {
                Markup tag = new Markup().element("span", verdict.label(), "class", "tag " + verdict.name());
                table.figure(column.label(), column.notation(), column.of(row.summary()), tag);
            } else {
                table.figure(column.label(), column.notation(), column.of(row.summary()));
            }
        }
    }
}
