package dev.weighbridge.analysis.accuracy;

import dev.weighbridge.results.SampleRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judged samples of one task, for tests: sample i of one list is the same question as sample i of another. */
final class Samples {
    private final List<SampleRecord> records = new ArrayList<>();
    private final int perSource;
    private final String key;

    private Samples(int perSource, String key) {
        this.key = key;
        this.perSource = perSource;
    }

    /** Every sample stands for itself. */
    static Samples of() {
        return new Samples(0, "source");
    }

    /** So many samples in a row share a source. */
    static Samples sharing(int perSource) {
        return sharing(perSource, "source");
    }

    /** The same, with the source under a name of choice. */
    static Samples sharing(int perSource, String key) {
        return new Samples(perSource, key);
    }

    Samples right(int count) {
        return add(count, 1, null);
    }

    Samples wrong(int count) {
        return add(count, 0, null);
    }

    Samples failed(int count) {
        return add(count, 0, "timed out");
    }

    /** An engine that reports a score for a sample that it failed at. */
    Samples failedButScored(int count) {
        return add(count, 1, "timed out");
    }

    List<SampleRecord> list() {
        return List.copyOf(records);
    }

    private Samples add(int count, double score, @Nullable String failure) {
        for (int i = 0; i < count; i++) {
            int id = records.size();
            Map<String, Object> doc =
                    perSource == 0 ? Map.of("id", id) : Map.of("id", id, key, "text " + id / perSource);
            records.add(new SampleRecord(
                    id,
                    doc,
                    "4",
                    Map.of(),
                    List.of(List.of("4")),
                    List.of("4"),
                    "none",
                    List.of("exact_match"),
                    "hash " + id,
                    "prompt",
                    "target",
                    score,
                    failure,
                    Map.of("exact_match", score)));
        }
        return this;
    }
}
