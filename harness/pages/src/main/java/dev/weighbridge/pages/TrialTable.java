package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.util.Collection;
import java.util.Locale;

/** Every figure of one trial as a table. */
public final class TrialTable {
    private TrialTable() {}

    /** A trial's status in one word, {@code valid} for a completed one. */
    public static String word(Trial.Status status) {
        return status == Trial.Status.COMPLETED ? "valid" : status.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The table.
     *
     * @param id of the table, unique in its page
     */
    public static Markup of(Trial trial, String id) {
        Markup html = new Markup();
        String caption = SafeText.clean(trial.workload().name(), SafeText.SHORT) + ", repeat " + trial.repeat() + ": "
                + word(trial.status()) + ", "
                + String.format(Locale.ROOT, "%.1f", trial.durationSeconds()) + " s, started "
                + SafeText.clean(trial.startedAt(), SafeText.SHORT);
        return html.append(of(trial.measurements(), caption, id));
    }

    /**
     * Figures of one scope as a table.
     *
     * @param id of the table, unique in its page
     */
    public static Markup of(Collection<Measurement> figures, String caption, String id) {
        Markup html = new Markup();
        HtmlTable table = new HtmlTable(html, id, caption, false);
        table.heading("Figure")
                .heading("Scope")
                .numbers("Value", "")
                .numbers("95 % interval", "")
                .numbers("n", "");
        table.heading("Definition").rows("ranked");
        for (Measurement figure : figures) {
            Notation notation = Notation.of(figure);
            table.row("").head(figure.name()).text(figure.scope());
            table.number(notation.withUnit(figure) + (figure.uncertain() ? " ?" : ""), figure.value());
            notation.interval(figure).ifPresentOrElse(i -> table.number(i, figure.value()), table::none);
            table.number(Notation.count(figure.samples()), (double) figure.samples());
            table.text(figure.definition()).endRow();
        }
        table.end();
        return html;
    }
}
