package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Figures of what judges said of one task: {@code judged_<task>.json}, made from {@code judgements_<task>.jsonl} alone and from labels of
 * people where there are any.
 *
 * @param schemaVersion of this record
 * @param task id
 * @param judges in the order in which they were first asked
 * @param labels of people that they were held against, or {@code null}
 */
public record JudgedTask(
        int schemaVersion,
        String task,
        List<ByJudge> judges,
        @Nullable Labels labels) {
    public static final int SCHEMA_VERSION = 1;

    /** Share of pairs that the variant wins, a tie being half a win. */
    public static final String WIN_RATE = "judge_win_rate";

    /** Share of pairs whose verdict changed with the order. */
    public static final String INCONSISTENT = "judge_inconsistent";

    /** Share of verdicts that are no tie which fell on the answer shown first. */
    public static final String FIRST_PLACE = "judge_first_place";

    /** Share of replies without a verdict or grade. */
    public static final String UNREADABLE = "judge_unreadable";

    /** Share of people's verdicts that the judge's is the same as. */
    public static final String AGREEMENT = "judge_agreement";

    /** Cohen's kappa of people and judge. */
    public static final String KAPPA = "judge_kappa";

    /** Mean grade, from 1 to 10. */
    public static final String GRADE = "judge_grade";

    /** Mean grade less the baseline's on the same samples. */
    public static final String GRADE_DIFFERENCE = "judge_grade_difference";

    public JudgedTask {
        judges = List.copyOf(judges);
    }

    /** What one judge said. */
    public record ByJudge(Judge judge, List<Standing> standings) {
        public ByJudge {
            standings = List.copyOf(standings);
        }
    }

    /**
     * How one variant fared.
     *
     * @param variant id
     * @param baseline it was held against, or {@code null} for grades
     * @param counts of its samples
     * @param figures whose names begin with {@code judge_}
     */
    public record Standing(String variant, @Nullable String baseline, Counts counts, List<Measurement> figures) {
        public Standing {
            figures = List.copyOf(figures);
        }

        /** The figure of that name, or {@code null}. */
        public @Nullable Measurement figure(String name) {
            return figures.stream()
                    .filter(figure -> figure.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * What became of the samples; where several answers were given to one, each of them counts as one.
     *
     * @param samples of the variant that were to be judged
     * @param wins that it won in both orders; 0 for grades, as are ties and losses
     * @param ties that neither won, those judged otherwise once swapped and identical answers among them
     * @param losses that it lost in both orders
     * @param inconsistent whose verdict changed with the order
     * @param identical answers, which no judge was asked about
     * @param unanswered samples on which a side has no answer, which no judge was asked about
     * @param replies that were asked for
     * @param unreadable replies without a verdict or grade
     * @param failed questions that got no reply
     */
    public record Counts(
            long samples,
            long wins,
            long ties,
            long losses,
            long inconsistent,
            long identical,
            long unanswered,
            long replies,
            long unreadable,
            long failed) {}

    /**
     * Where people's verdicts came from.
     *
     * @param file name of it
     * @param sha256 of it, hex
     * @param rows that are not blank, broken ones among them
     * @param broken rows that could not be used, by their fault
     */
    public record Labels(String file, String sha256, long rows, Map<String, Long> broken) {
        public Labels {
            broken = Map.copyOf(broken);
        }
    }
}
