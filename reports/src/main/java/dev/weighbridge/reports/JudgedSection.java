package dev.weighbridge.reports;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.JudgedTables;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What models that judge said of the answers, with what is known of how they judge. */
final class JudgedSection {
    static final String ID = "judged";
    static final String HEADING = "Judged by a model";

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private JudgedSection() {}

    static Markup of(RunFacts facts) {
        Markup html = new Markup();
        html.open("section", "id", ID, "aria-labelledby", ID + "-heading");
        html.element("h2", HEADING, "id", ID + "-heading");
        html.element("p", JudgedTables.BIASES, "class", "note");
        int number = 0;
        for (JudgedTask judged : facts.opinions().judged()) {
            html.element("h3", SafeText.clean(judged.task(), SafeText.SHORT));
            html.open("p", "class", "note")
                    .element("a", "Every verdict with the judge's words", "href", JudgementPages.file(judged.task()))
                    .text(".")
                    .close();
            for (JudgedTask.ByJudge by : judged.judges()) {
                judge(html, by.judge());
                JudgedTables.write(html, ID + "-" + ++number, facts::name, by, judged.labels() != null);
            }
            labels(html, judged.labels());
        }
        return html.close();
    }

    private static void judge(Markup html, Judge judge) {
        html.open("p").text("Judge: " + JudgedTables.words(judge) + ". ");
        if (HASH.matcher(judge.promptsSha256()).matches()) {
            html.element("a", "What it was asked", "href", "../judge_prompt_" + judge.promptsSha256() + ".txt")
                    .text(".");
        }
        html.close();
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
}
