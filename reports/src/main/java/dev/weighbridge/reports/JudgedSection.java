package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.HtmlTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Counts;
import dev.weighbridge.results.JudgedTask.Standing;
import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What models that judge said of the answers, with what is known of how they judge. */
final class JudgedSection {
    static final String ID = "judged";
    static final String HEADING = "Judged by a model";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String BIASES =
            "A judge is a model with biases of its own. Each pair is asked about in both orders: a verdict that changes with the order"
                    + " counts as a tie, and a judge without a preference for a place gives half of its verdicts to the answer shown first."
                    + " Identical answers are ties that nobody was asked about. These figures decide nothing here.";

    private JudgedSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", ID, "aria-labelledby", ID + "-heading");
        html.element("h2", HEADING, "id", ID + "-heading");
        html.element("p", BIASES, "class", "note");
        int number = 0;
        for (JudgedTask judged : facts.opinions().judged()) {
            html.element("h3", SafeText.clean(judged.task(), SafeText.SHORT));
            html.open("p", "class", "note")
                    .element("a", "Every verdict with the judge's words", "href", JudgementPages.file(judged.task()))
                    .text(".")
                    .close();
            for (JudgedTask.ByJudge by : judged.judges()) {
                judge(html, by.judge());
                String id = ID + "-" + ++number;
                if (by.judge().kind() == Judge.Kind.PAIRS) {
                    pairs(html, id, facts, by.standings(), judged.labels() != null);
                } else {
                    grades(html, id, facts, by.standings());
                }
            }
            labels(html, judged.labels());
        }
        return html.close();
    }

    private static void judge(Markup html, Judge judge) {
        html.open("p").text("Judge: " + words(judge) + ". ");
        if (HASH.matcher(judge.promptsSha256()).matches()) {
            html.element("a", "What it was asked", "href", "../judge_prompt_" + judge.promptsSha256() + ".txt")
                    .text(".");
        }
        html.close();
    }

    /** Who judges, in words. */
    static String words(Judge judge) {
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

    private static void pairs(Markup html, String id, RunFacts facts, List<Standing> standings, boolean labelled) {
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
            table.row("").head(facts.name(standing.variant()));
            table.text(facts.name(String.valueOf(standing.baseline())));
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

    private static void grades(Markup html, String id, RunFacts facts, List<Standing> standings) {
        HtmlTable table = new HtmlTable(html, id, "Answers graded from 1 to 10, each alone", false);
        table.heading("Variant").numbers("Grade", "1 to 10").numbers("Less the baseline's", "same samples");
        table.numbers("No grade", "% of replies")
                .numbers("Not graded", "samples")
                .rows("ranked");
        for (Standing standing : standings) {
            table.row("").head(facts.name(standing.variant()));
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

    private static void labels(Markup html, JudgedTask.@Nullable Labels labels) {
        if (labels == null) {
            return;
        }
        long broken =
                labels.broken().values().stream().mapToLong(Long::longValue).sum();
        html.element(
                "p",
                "People's verdicts: " + Notation.count(labels.rows() - broken) + " in "
                        + SafeText.clean(labels.file(), SafeText.SHORT)
                        + (broken == 0 ? "" : "; " + Notation.count(broken) + " rows are broken and left out") + ".",
                "class",
                "note");
    }

    private static void percent(HtmlTable table, Standing standing, String name) {
        table.figure(Notation.PERCENT, figure(standing, name));
    }

    private static Optional<Measurement> figure(Standing standing, String name) {
        return Optional.ofNullable(standing.figure(name));
    }
}
