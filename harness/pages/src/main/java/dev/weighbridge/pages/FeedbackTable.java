package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.UserFeedback.ByVariant;
import dev.weighbridge.results.UserFeedback.Difference;
import dev.weighbridge.results.UserFeedback.Score;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Table of what users said of the variants, what their silence leaves open, and where it was read from. */
public final class FeedbackTable {
    private FeedbackTable() {}

    /**
     * Writes the table with the baseline and the logs under it.
     *
     * @param names short name of a variant by its id
     */
    public static void write(Markup html, UnaryOperator<String> names, UserFeedback feedback) {
        html.element("p", UserFeedback.SELECTION_BIAS, "class", "note");
        boolean differences = feedback.variants().stream()
                .flatMap(by -> by.scores().stream())
                .anyMatch(score -> score.difference() != null);
        HtmlTable table = new HtmlTable(html, "feedback-table", "Users' feedback by variant", false);
        table.heading("Variant").numbers("Spoke up", "% of requests").heading("Said by");
        table.numbers("Of those who did", "").numbers("Whatever the silent think", "");
        if (differences) {
            table.numbers("Less the baseline's", "");
        }
        table.rows("ranked");
        feedback.variants().forEach(by -> variant(table, names, by, differences));
        table.end();
        String baseline = feedback.baseline();
        if (baseline != null) {
            html.element(
                    "p", "Baseline: " + SafeText.clean(names.apply(baseline), SafeText.SHORT) + ".", "class", "note");
        }
        html.element("p", source(feedback), "class", "note");
    }

    private static void variant(HtmlTable table, UnaryOperator<String> names, ByVariant by, boolean differences) {
        if (by.scores().isEmpty()) {
            table.row("").head(names.apply(by.variant())).figure(Notation.PERCENT, Optional.of(by.responseRate()));
            table.text("nothing").none().none();
            (differences ? table.none() : table).endRow();
        }
        for (Score score : by.scores()) {
            Notation notation = notation(score.figure());
            table.row("").head(names.apply(by.variant())).figure(Notation.PERCENT, Optional.of(by.responseRate()));
            table.text(name(score.figure()) + (notation == Notation.PERCENT ? ", %" : ""));
            table.figure(
                    notation,
                    Optional.of(score.figure()),
                    new Markup()
                            .element(
                                    "span",
                                    "n = " + Notation.count(score.figure().samples()),
                                    "class",
                                    "interval"));
            table.cell(new Markup().text(notation.number(score.least()) + " to " + notation.number(score.most())), "n");
            if (differences) {
                difference(table, score);
            }
            table.endRow();
        }
    }

    private static void difference(HtmlTable table, Score score) {
        Difference difference = score.difference();
        if (difference == null) {
            table.none();
            return;
        }
        table.figure(
                notation(score.figure()) == Notation.PERCENT ? Notation.POINTS : Notation.PLAIN,
                Optional.of(difference.figure()),
                new Markup().element("span", difference.paired() ? "same requests" : "other requests", "class", "tag"));
    }

    /** Name of a kind of feedback. */
    public static String name(Measurement figure) {
        return switch (figure.name()) {
            case UserFeedback.THUMBS_UP -> "thumbs up";
            case UserFeedback.RATING -> "rating, 1 to 5";
            case UserFeedback.EDIT_SIMILARITY -> "words left by those who edited";
            default -> SafeText.clean(figure.name(), SafeText.SHORT);
        };
    }

    /** How a figure of it is written. */
    public static Notation notation(Measurement figure) {
        return figure.unit().equals("1") ? Notation.PERCENT : Notation.PLAIN;
    }

    private static String source(UserFeedback feedback) {
        long broken =
                feedback.broken().values().stream().mapToLong(Long::longValue).sum();
        return Notation.count(feedback.rows()) + " rows of "
                + feedback.logs().stream()
                        .map(log -> SafeText.clean(log.name(), SafeText.SHORT))
                        .collect(Collectors.joining(", "))
                + (broken == 0 ? "" : "; " + Notation.count(broken) + " of them are broken and left out") + ".";
    }
}
