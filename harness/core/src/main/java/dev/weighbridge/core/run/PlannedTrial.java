package dev.weighbridge.core.run;

import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Workload;
import org.jspecify.annotations.Nullable;

/**
 * One trial of a plan.
 *
 * @param id the same in every run of the same study
 * @param variant to weigh
 * @param workload to put it through
 * @param repeat number from 1
 * @param scenario of a load trial, else {@code null}
 */
public record PlannedTrial(
        String id, PlannedVariant variant, Workload workload, int repeat, Study.@Nullable Scenario scenario) {
    static PlannedTrial of(
            PlannedVariant variant, Workload.Kind kind, String name, int repeat, Study.@Nullable Scenario scenario) {
        return new PlannedTrial(
                variant.variant().id() + "~" + name + "~" + repeat,
                variant,
                new Workload(kind, name),
                repeat,
                scenario);
    }
}
