package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import java.util.List;
import java.util.Map;

/** What becomes of a variant's answers when they are asked beside a load, sample by sample. */
public final class AnswersUnderLoad {
    private AnswersUnderLoad() {}

    /**
     * The share of samples that changed between right and wrong, with Wilson's interval, and the mean change of the score with its paired
     * one; none when no sample was asked both ways.
     *
     * @param loaded samples beside the load, by task
     * @param alone samples of the same variant without one, by task
     */
    public static List<Measurement> of(Map<String, List<SampleRecord>> loaded, Map<String, List<SampleRecord>> alone) {
        PairedComparison pairs = PairedComparison.of(AccuracyFigures.pooled(loaded), AccuracyFigures.pooled(alone));
        if (pairs.n() == 0) {
            return List.of();
        }
        Measurement flips =
                Proportion.measurement("flips_under_load", "", pairs.toRight() + pairs.toWrong(), pairs.n());
        Measurement change = new Measurement(
                "accuracy_change_under_load",
                "",
                "accuracy_change_under_load",
                pairs.difference(),
                "1",
                pairs.n(),
                pairs.low(),
                pairs.high(),
                false);
        return List.of(flips, change);
    }
}
