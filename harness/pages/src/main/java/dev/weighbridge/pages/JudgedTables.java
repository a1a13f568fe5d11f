package dev.weighbridge.pages;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Counts;
import dev.weighbridge.results.JudgedTask.Standing;
import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Tables of what a model that judges said of the answers to a task. */
public final class JudgedTables {
    /** What a reader must know of every figure of a judge. */
    public static final String BIASES =
            "A judge is a model with biases of its own. Each pair is asked about in both orders: a verdict that changes with the order"
                    + " counts as a tie, and a judge without a preference for a place gives half of its verdicts to the answer shown first."
                    + " Identical answers are ties that nobody was asked about. These figures decide nothing here.";

    private JudgedTables() {}

    /**
     * Writes the table of one judge.
     *
     * @param id of the table
     * @param names short name of a variant by its id
     * @param labelled whether the judge was held against people
     */
    public static void write(
            Markup html, String id, UnaryOperator<String> names, JudgedTask.ByJudge by, boolean labelled) {
        if (by.judge().kind() == Judge.Kind.PAIRS) {
            pairs(html, id, names, by.standings(), labelled);
        } else {
            grades(html, id, names, by.standings());
        }
    }

    /** Who judges, in words. */
    public static String words(Judge judge) {
        String engine =
                SafeText.clean(judge.engine(), SafeText.SHORT) + " " + SafeText.clean(judge.version(), SafeText.SHORT);
        String server = judge.server();
        String how = server == null
                ? SafeText.clean(judge.precision(), SafeText.SHORT) + ", "
                        + SafeText.clean(judge.device(), SafeText.SHORT)
                : SafeText.clean(server, SafeText.SHORT) + ", which does not say which weights it has";
        return SafeText.clean(judge.model(), SafeText.SHORT) + " on " + engine + ", " + how + "; replies of at most "
                + Notation.count(judge.maxTokens()) + " tokens";
    }

    private static void pairs(
            Markup html, String id, UnaryOperator<String> names, List<Standing> standings, boolean labelled) {
        HtmlTable table = new HtmlTable(html, id, "Answers held against the baseline's", false);
        table.heading("Variant").heading("Against").numbers("Won", "a tie as half, %");
        table.numbers("Won / tied / lost", "samples").numbers("Identical", "samples");
        table.numbers("Changed with the order", "% of pairs").numbers("Preferred the first shown", "% of verdicts");
        if (labelled) {
            table.numbers("As people", "% of their verdicts").numbers("Kappa", "");
        }
        table.numbers("No verdict", "% of replies")
                .numbers("Not judged", "samples")
                .rows("ranked");
        for (Standing standing : standings) {
            Counts counts = standing.counts();
            table.row("").head(names.apply(standing.variant()));
            table.text(names.apply(String.valueOf(standing.baseline())));
            percent(table, standing, JudgedTask.WIN_RATE);
            table.cell(new Markup().text(counts.wins() + " / " + counts.ties() + " / " + counts.losses()), "n");
            table.cell(new Markup().text(Notation.count(counts.identical())), "n");
            percent(table, standing, JudgedTask.INCONSISTENT);
            percent(table, standing, JudgedTask.FIRST_PLACE);
            if (labelled) {
                percent(table, standing, JudgedTask.AGREEMENT);
                table.figure(Notation.PLAIN, figure(standing, JudgedTask.KAPPA));
            }
            percent(table, standing, JudgedTask.UNREADABLE);
            notJudged(table, counts);
        }
        table.end();
    }

    private static void grades(Markup html, String id, UnaryOperator<String> names, List<Standing> standings) {
        HtmlTable table = new HtmlTable(html, id, "Answers graded from 1 to 10, each alone", false);
        table.heading("Variant").numbers("Grade", "1 to 10").numbers("Less the baseline's", "same samples");
        table.numbers("No grade", "% of replies")
                .numbers("Not graded", "samples")
                .rows("ranked");
        for (Standing standing : standings) {
            table.row("").head(names.apply(standing.variant()));
            table.figure(Notation.PLAIN, figure(standing, JudgedTask.GRADE));
            table.figure(Notation.PLAIN, figure(standing, JudgedTask.GRADE_DIFFERENCE));
            percent(table, standing, JudgedTask.UNREADABLE);
            notJudged(table, standing.counts());
        }
        table.end();
    }

    /** Samples that no judge was asked about for want of an answer, and questions that got no reply. */
    private static void notJudged(HtmlTable table, Counts counts) {
        Markup cell = new Markup().text(Notation.count(counts.unanswered()));
        if (counts.failed() > 0) {
            cell.element("span", Notation.count(counts.failed()) + " questions failed", "class", "tag FAILED");
        }
        table.cell(cell, "n").endRow();
    }

    private static void percent(HtmlTable table, Standing standing, String name) {
        table.figure(Notation.PERCENT, figure(standing, name));
    }

    private static Optional<Measurement> figure(Standing standing, String name) {
        return Optional.ofNullable(standing.figure(name));
    }
}
