package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * SQuAD 2.0, which is a class of lm-eval's. Beside the answer it asks how likely "unanswerable" is; the scores that rest on that,
 * {@code best_exact} and {@code best_f1}, are not computed, and it is not asked here. No other score depends on it: their threshold is one that
 * no probability exceeds.
 */
final class Squad2 implements PortedModule {
    private static final List<String> SCORES =
            List.of("exact", "f1", "HasAns_exact", "HasAns_f1", "NoAns_exact", "NoAns_f1");

    @Override
    public String id() {
        return "squad2";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("c0ce848b3d9792d6a701bf292bad8efad7f4621ae1efdb305e70ee82ab90e9b7", "squadv2/task.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("dataset_path", "lighteval/squad_v2");
        fields.put("training_split", "train");
        fields.put("validation_split", "validation");
        fields.put("doc_to_text", "Title: {{title}}\n\nBackground: {{context}}\n\nQuestion: {{question}}\n\nAnswer:");
        fields.put("doc_to_target", "{{' ' + (answers.text[0] if answers.text|length > 0 else 'unanswerable')}}");
        fields.put("generation_kwargs", Map.of("until", List.of("\n")));
        fields.put("metadata", Map.of("version", 3));
        fields.put(
                "metric_list",
                Stream.concat(SCORES.stream(), Stream.of("best_exact", "best_f1"))
                        .map(name -> Map.of("metric", name))
                        .toList());
        return Map.of(
                "SQuAD2",
                new PortedFunction.TaskClass(
                        fields, new PortedFunction.Results(List.of(TaskSet.Rule.of("squad")), SCORES)));
    }
}
