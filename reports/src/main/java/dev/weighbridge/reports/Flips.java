package dev.weighbridge.reports;

import dev.weighbridge.results.SampleRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers that changed between the baseline and a variant on the samples that both were asked.
 *
 * @param toWrong samples that the baseline had right and the variant has wrong
 * @param toRight samples that the baseline had wrong and the variant has right
 * @param common samples that both were asked
 */
record Flips(int toWrong, int toRight, int common) {
    private static final double RIGHT = 0.5;

    /** Compares two sets of judged samples; a sample is the same when its position and its content are. */
    static Flips between(List<SampleRecord> baseline, List<SampleRecord> variant) {
        Map<String, Boolean> before = new HashMap<>();
        baseline.forEach(sample -> before.put(key(sample), sample.score() >= RIGHT));
        int toWrong = 0;
        int toRight = 0;
        int common = 0;
        for (SampleRecord sample : variant) {
            Boolean was = before.get(key(sample));
            if (was != null) {
                boolean is = sample.score() >= RIGHT;
                common++;
                toWrong += was && !is ? 1 : 0;
                toRight += !was && is ? 1 : 0;
            }
        }
        return new Flips(toWrong, toRight, common);
    }

    private static String key(SampleRecord sample) {
        return sample.docId() + ":" + sample.docHash();
    }
}
