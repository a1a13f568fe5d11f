package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HumanEval: the head of a function and the body that the model wrote, run with the row's tests. */
final class HumanEval implements PortedModule {
    /** The time that Hugging Face's code_eval gives a program. */
    static final int SECONDS = 3;

    private static final TaskSet.Rule HEAD = new TaskSet.Rule("prepend", Map.of("column", "prompt"));

    @Override
    public String id() {
        return "humaneval";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("5f77adbf75b4342a6113fea30168ea57b4e5c3877ffd3b4942cb338b3edb2c95", "humaneval/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "build_predictions",
                (PortedFunction.Filters) options -> List.of(HEAD),
                "build_predictions_instruct",
                (PortedFunction.Filters) options -> List.of(new TaskSet.Rule("before", Map.of("text", "```")), HEAD),
                "pass_at_k",
                (PortedFunction.Metric) HumanEval::scorer);
    }

    private static TaskSet.Rule scorer(Map<String, @Nullable Object> metric) {
        Map<String, Object> options = new LinkedHashMap<>();
        Object k = metric.get("k");
        options.put("k", k == null ? 1 : k);
        options.put("seconds", SECONDS);
        return new TaskSet.Rule("python-program", options);
    }
}
