package dev.weighbridge.core.run;

import dev.weighbridge.analysis.Attempts;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Workload;
import org.jspecify.annotations.Nullable;

/**
 * One trial that is to be measured.
 *
 * @param variant to weigh
 * @param workload to put it through
 * @param repeat number of the block from 1
 * @param step of a search from 1; 1 for other workloads
 * @param attempt number from 1
 * @param scenario of a load trial, else {@code null}
 * @param representative id of the variant whose answers this one's are compared with on a subset, or {@code null} when it is
 *     asked everything
 * @param skip why it is put on record without being measured, or {@code null} when it is to be measured
 */
public record PlannedTrial(
        PlannedVariant variant,
        Workload workload,
        int repeat,
        int step,
        int attempt,
        Study.@Nullable Scenario scenario,
        @Nullable String representative,
        @Nullable Reason skip) {

    static PlannedTrial of(
            PlannedVariant variant, Workload.Kind kind, String name, int repeat, Study.@Nullable Scenario scenario) {
        return new PlannedTrial(variant, new Workload(kind, name), repeat, 1, 1, scenario, null, null);
    }

    /** Unique in a run, safe as a file name, and the same in every run of the same study. */
    public String id() {
        return variant.variant().id()
                + "~" + workload.name()
                + "~" + repeat
                + (step > 1 ? "-s" + step : "")
                + (attempt > 1 ? "-a" + attempt : "");
    }

    Attempts.Place place() {
        return new Attempts.Place(variant.variant().id(), workload.kind(), workload.name(), repeat, step);
    }

    /** Trials of a variant that follow each other with the same key share one engine process; another key gets a fresh one. */
    String process() {
        boolean block = workload.kind().load() && workload.kind() != Workload.Kind.SATURATION;
        // A further attempt repeats its prompts, which a gateway's cache would know from the one before.
        boolean knows = block && attempt > 1 && variant.options().containsKey(EngineChoice.GATEWAY);
        boolean fresh = block || workload.kind() == Workload.Kind.EVALUATION_UNDER_LOAD;
        return variant.variant().id()
                + (fresh ? "/" + workload.name() + "/" + repeat : "/checks")
                + (knows ? "/" + attempt : "");
    }

    PlannedTrial attempt(int number) {
        return new PlannedTrial(variant, workload, repeat, step, number, scenario, representative, skip);
    }

    PlannedTrial step(int number) {
        return new PlannedTrial(variant, workload, repeat, number, 1, scenario, representative, skip);
    }

    PlannedTrial comparedWith(String other) {
        return new PlannedTrial(variant, workload, repeat, step, attempt, scenario, other, null);
    }

    PlannedTrial skipped(Reason reason) {
        return new PlannedTrial(variant, workload, repeat, step, attempt, scenario, null, reason);
    }

    /** Questions beside a load at that rate. */
    static PlannedTrial underLoad(PlannedVariant variant, Study.Scenario template, double rate) {
        Workload workload = new Workload(Workload.Kind.EVALUATION_UNDER_LOAD, TrialSource.UNDER_LOAD, rate);
        return new PlannedTrial(variant, workload, 1, 1, 1, template.offering(new Poisson(rate)), null, null);
    }

    /** A probe of the capacity search at that rate. */
    static PlannedTrial probe(PlannedVariant variant, Study.Scenario template, int repeat, int step, double rate) {
        Study.Scenario scenario = template.offering(new Poisson(rate));
        return new PlannedTrial(
                variant,
                new Workload(Workload.Kind.CAPACITY, TrialSource.CAPACITY, rate),
                repeat,
                step,
                1,
                scenario,
                null,
                null);
    }
}
