package dev.weighbridge.cli;

import dev.weighbridge.analysis.statistics.Power;
import dev.weighbridge.core.evaluation.Tasks;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.datasets.TaskOptions;
import dev.weighbridge.datasets.TaskSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a study will be able to say of accuracy, if one answer in ten differs from the baseline's.
 *
 * @param samples of all tasks
 * @param sources of these samples; those of one source err together and count for less
 * @param flips assumed share of samples on which a variant differs from the baseline
 * @param detectable smallest difference that four studies of five would find
 * @param margin of the study
 * @param samplesForMargin samples that show, in four studies of five, that a variant without loss is within the margin; 0 for
 *     a margin of 0, which no number of samples shows
 */
record AccuracyOutlook(
        long samples, long sources, double flips, double detectable, double margin, long samplesForMargin) {
    private static final double FLIPS = 0.1;

    /** Of a study's tasks; empty when it has none. */
    static Optional<AccuracyOutlook> of(Study study) {
        Map<String, TaskSet> tasks = Tasks.load(
                study.evaluation().tasks(),
                study.folder(),
                TaskOptions.of(study.evaluation().prompting()));
        if (tasks.isEmpty()) {
            return Optional.empty();
        }
        long samples = 0;
        long sources = 0;
        for (TaskSet task : tasks.values()) {
            long asked = Math.min(study.evaluation().samples(), task.samples().size());
            long distinct = task.samples().stream()
                    .map(TaskSet.Sample::cluster)
                    .distinct()
                    .count();
            samples += asked;
            sources += Math.min(asked, distinct);
        }
        double margin = study.objectives().accuracyMargin();
        return Optional.of(new AccuracyOutlook(
                samples,
                sources,
                FLIPS,
                Power.USUAL.detectableByFlips(FLIPS, samples).orElse(1),
                margin,
                margin > 0 ? Power.USUAL.samplesForNonInferiority(Power.deviationOfFlips(FLIPS, 0), margin, 0) : 0));
    }

    /** The same in words. */
    String sentence() {
        String text = String.format(
                Locale.ROOT,
                "%d samples a variant: if one answer in ten differs from the baseline's, a difference of %.1f points is found in four"
                        + " studies of five",
                samples,
                detectable * 100);
        if (samplesForMargin > 0) {
            text += String.format(
                    Locale.ROOT,
                    ", and %d samples show as often that a variant without loss is within the margin of %.1f points",
                    samplesForMargin,
                    margin * 100);
        }
        return text + (sources < samples ? "; samples share " + sources + " sources, which makes it less" : "");
    }
}
