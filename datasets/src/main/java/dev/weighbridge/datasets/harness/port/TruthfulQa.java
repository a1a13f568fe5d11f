package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.List;
import java.util.Map;

/** TruthfulQA, where several choices are right. */
final class TruthfulQa implements PortedModule {
    @Override
    public String id() {
        return "truthfulqa";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("d3c827d1e2cd442a1e4738b527a18effd48cbb2aed478c12a652311b5ea4dbc8", "truthfulqa/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "process_results_mc2",
                new PortedFunction.Results(
                        List.of(new TaskSet.Rule("choice-mass", Map.of("labels", "mc2_targets.labels"))),
                        List.of("acc")));
    }
}
