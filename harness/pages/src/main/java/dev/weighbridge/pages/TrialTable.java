package dev.weighbridge.pages;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import java.util.Collection;
import java.util.Locale;

/** Every figure of one scope as a table. */
public final class TrialTable {
    private TrialTable() {}

    /** A trial's status in one word, {@code valid} for a completed one. */
    public static String word(Trial.Status status) {
        return status == Trial.Status.COMPLETED ? "valid" : status.name().toLowerCase(Locale.ROOT);
    }

    /** What figures of a scope are of, as a caption. */
    public static String caption(Manifest manifest, String scope) {
        String name = SafeText.clean(scope, SafeText.SHORT);
        return scope.isEmpty()
                ? "The variant as a whole"
                : (manifest.plan().tasks().contains(scope) ? "Task " : "Load ") + name;
    }

    /**
     * The table.
     *
     * @param id of the table, unique in its page
     */
    public static Markup of(Collection<Measurement> figures, String caption, String id) {
        Markup html = new Markup();
        HtmlTable table = new HtmlTable(html, id, caption, false);
        table.heading("Figure")
                .numbers("Value", "")
                .numbers("95 % interval", "")
                .numbers("Samples", "");
        table.heading("Name in exports").heading("Definition").rows("ranked");
        for (Measurement figure : figures) {
            Notation notation = Notation.of(figure);
            table.row("").head(Metric.of(figure).map(Metric::label).orElse(figure.name()));
            table.number(notation.withUnit(figure) + (figure.uncertain() ? " ?" : ""), figure.value());
            notation.interval(figure).ifPresentOrElse(i -> table.number(i, figure.value()), table::none);
            table.number(Notation.count(figure.samples()), (double) figure.samples());
            table.text(figure.name()).text(figure.definition()).endRow();
        }
        table.end();
        return html;
    }
}
