package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.results.Judge;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Counts;
import dev.weighbridge.results.JudgedTask.Standing;
import dev.weighbridge.results.Measurement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What judges said, as lines of text. */
final class JudgeTable {
    private JudgeTable() {}

    /**
     * Prints the figures.
     *
     * @param only judge to print; {@code null} for all
     */
    static void print(Terminal terminal, JudgedTask judged, @Nullable Judge only) {
        for (JudgedTask.ByJudge by : shown(judged, only)) {
            Judge judge = by.judge();
            terminal.line(judged.task() + ", judged by " + SafeText.clean(judge.model(), SafeText.SHORT) + " on "
                    + SafeText.clean(judge.engine(), SafeText.SHORT) + ", "
                    + SafeText.clean(judge.server() == null ? judge.precision() : judge.server(), SafeText.SHORT));
            for (Standing standing : by.standings()) {
                terminal.line("  " + SafeText.clean(standing.variant(), SafeText.SHORT)
                        + (standing.baseline() == null
                                ? ""
                                : " against " + SafeText.clean(standing.baseline(), SafeText.SHORT)));
                print(terminal, standing, judge.kind() == Judge.Kind.PAIRS);
            }
        }
    }

    /** Whether any reply had a verdict or grade, or none was needed. */
    static boolean readable(JudgedTask judged, @Nullable Judge only) {
        return shown(judged, only).stream()
                .flatMap(by -> by.standings().stream())
                .map(Standing::counts)
                .anyMatch(counts -> counts.replies() > counts.unreadable() || counts.identical() == counts.samples());
    }

    private static List<JudgedTask.ByJudge> shown(JudgedTask judged, @Nullable Judge only) {
        return judged.judges().stream()
                .filter(by -> only == null || by.judge().equals(only))
                .toList();
    }

    private static void print(Terminal terminal, Standing standing, boolean pairs) {
        Counts counts = standing.counts();
        line(terminal, "won, a tie as half", standing.figure(JudgedTask.WIN_RATE), 100, " %");
        line(terminal, "grade, 1 to 10", standing.figure(JudgedTask.GRADE), 1, "");
        line(terminal, "grade less the baseline's", standing.figure(JudgedTask.GRADE_DIFFERENCE), 1, "");
        if (pairs) {
            terminal.line(String.format(
                    Locale.ROOT,
                    "    %d won, %d tied, %d lost; %d of the ties are the same answers, which were not asked about",
                    counts.wins(),
                    counts.ties(),
                    counts.losses(),
                    counts.identical()));
        }
        line(terminal, "verdict changed with the order", standing.figure(JudgedTask.INCONSISTENT), 100, " %");
        line(terminal, "preferred what was shown first", standing.figure(JudgedTask.FIRST_PLACE), 100, " %");
        line(terminal, "agreement with people", standing.figure(JudgedTask.AGREEMENT), 100, " %");
        line(terminal, "agreement beyond chance, kappa", standing.figure(JudgedTask.KAPPA), 1, "");
        line(
                terminal,
                "replies without a " + (pairs ? "verdict" : "grade"),
                standing.figure(JudgedTask.UNREADABLE),
                100,
                " %");
        if (counts.failed() > 0) {
            terminal.line("    " + counts.failed() + " questions got no reply; ask them again with --retry-failed");
        }
        if (counts.unanswered() > 0) {
            terminal.line("    " + counts.unanswered() + " of " + counts.samples()
                    + " samples were not judged, as an answer is missing or too long");
        }
    }

    private static void line(Terminal terminal, String name, @Nullable Measurement figure, double scale, String unit) {
        if (figure != null) {
            terminal.line("    " + FigureLine.of(name, figure, scale, unit));
        }
    }
}
