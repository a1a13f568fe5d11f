package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.TaskSet;
import java.util.List;
import java.util.Map;

/** IFEval: whether an answer keeps to instructions that can be checked. */
final class IfEval implements PortedModule {
    @Override
    public String id() {
        return "ifeval";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "1ab8f14808c826f93f2364883487ed63cf4267980bf4761fda8053899c013632",
                "ifeval/utils.py, leaderboard/ifeval/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "process_results",
                new PortedFunction.Results(
                        List.of(TaskSet.Rule.of("instructions")),
                        List.of(
                                "prompt_level_strict_acc",
                                "inst_level_strict_acc",
                                "prompt_level_loose_acc",
                                "inst_level_loose_acc")),
                "agg_inst_level_acc",
                new PortedFunction.Aggregation());
    }
}
