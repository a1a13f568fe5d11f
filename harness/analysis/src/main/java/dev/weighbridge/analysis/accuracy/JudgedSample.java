package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.results.SampleRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the statistics need of one sample.
 *
 * @param score from 0, wrong, to 1, right; 0 where there is no answer
 * @param answered whether there was an answer at all
 * @param source what it shares with other samples of its task, for example a text that several questions are about; a
 *     name of its own when it shares nothing
 */
record JudgedSample(double score, boolean answered, String source) {
    private static final double HALF_RIGHT = 0.5;

    /** Samples of one task by a key that is unique over all tasks. */
    static Map<String, JudgedSample> byKey(String task, List<SampleRecord> records) {
        Map<String, JudgedSample> samples = new LinkedHashMap<>();
        for (SampleRecord record : records) {
            String key = task + "/" + record.docHash();
            boolean answered = record.failure() == null;
            samples.put(key, new JudgedSample(answered ? record.score() : 0, answered, source(task, key, record)));
        }
        return samples;
    }

    /** Whether it is more right than wrong. */
    boolean right() {
        return score >= HALF_RIGHT;
    }

    /** Whether it is right in part. */
    boolean graded() {
        return score > 0 && score < 1;
    }

    private static String source(String task, String key, SampleRecord record) {
        Object source = record.doc().getOrDefault("cluster", record.doc().get("source"));
        return source == null ? key : task + "/" + source;
    }
}
