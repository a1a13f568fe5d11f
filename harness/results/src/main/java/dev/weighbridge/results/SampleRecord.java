package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One judged sample of a task. Field names, in snake case in the file, are those of lm-evaluation-harness's
 * {@code samples_<task>.jsonl}, so that its readers can read ours.
 *
 * @param docId position of the sample in its task set
 * @param doc the sample as read: id, prompt, target, choices, and the cluster of samples that share its source
 * @param target the right answer
 * @param arguments what the model was asked, by request
 * @param resps what it answered, raw, by request
 * @param filteredResps the answer that was judged
 * @param filter name of the rule that made it from the raw one
 * @param metrics names of the scores below
 * @param docHash sha256 of the sample, hex
 * @param promptHash sha256 of the prompt, hex
 * @param targetHash sha256 of the target, hex
 * @param score 1 for right, 0 for wrong
 * @param failure why there is no answer, or {@code null} when there is one; such a sample counts as wrong
 */
public record SampleRecord(
        int docId,
        Map<String, Object> doc,
        String target,
        List<String> arguments,
        List<String> resps,
        String filteredResps,
        String filter,
        List<String> metrics,
        String docHash,
        String promptHash,
        String targetHash,
        double score,
        @Nullable String failure) {
    public SampleRecord {
        doc = Map.copyOf(doc);
        arguments = List.copyOf(arguments);
        resps = List.copyOf(resps);
        metrics = List.copyOf(metrics);
    }
}
