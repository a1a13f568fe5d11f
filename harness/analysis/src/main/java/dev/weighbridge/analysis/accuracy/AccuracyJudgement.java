package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import java.util.List;
import java.util.Locale;

/**
 * Whether a variant answers as well as the study's baseline, and how sure that is.
 *
 * @param verdict of the margin
 * @param reasons what speaks against the variant or leaves it open; empty when it is no worse
 * @param figures over all tasks (empty scope) and by task (scope is the task's id)
 */
public record AccuracyJudgement(Verdict verdict, List<Reason> reasons, List<Measurement> figures) {

    /** What the interval of the paired difference says about the study's margin. */
    public enum Verdict {
        /** The study asks no tasks: nothing is claimed. */
        NOT_ASKED,
        /** This is what the others are held against. */
        BASELINE,
        /** The whole interval lies above minus the margin. */
        NON_INFERIOR,
        /** The whole interval lies below minus the margin, over all samples or on one task. */
        INFERIOR,
        /** The interval holds minus the margin: more samples would settle it. */
        INCONCLUSIVE,
        /** It, or the baseline, was not evaluated, or the baseline's answers failed. */
        MISSING;

        /** The verdict in words. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ').replace("non inferior", "non-inferior");
        }
    }

    public AccuracyJudgement {
        reasons = List.copyOf(reasons);
        figures = List.copyOf(figures);
    }
}
