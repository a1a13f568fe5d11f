package dev.weighbridge.core.run;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Precision;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Variant;
import java.util.Map;
import java.util.Optional;

/**
 * One variant of a plan.
 *
 * @param variant as records show it
 * @param model to open
 * @param engine that serves it
 * @param options of the engine's server by name
 * @param precision to open it at
 * @param batching to open it with
 * @param baseline id of the variant it is held against; its own for the baseline
 * @param refusal why its engine cannot run it, or empty when it can
 */
public record PlannedVariant(
        Variant variant,
        Study.Model model,
        EngineChoice engine,
        Map<String, String> options,
        Precision precision,
        Batching batching,
        String baseline,
        Optional<String> refusal) {
    /** Whether all the others of the study are held against it. */
    boolean isStudyBaseline(Plan plan) {
        return variant.id().equals(plan.baseline());
    }

    /** Whether the other computes the same answers, but for the order in which requests are put together. */
    boolean differsOnlyInBatching(PlannedVariant other) {
        return model.equals(other.model)
                && precision.equals(other.precision)
                && engine.name().equals(other.engine.name())
                && options.equals(other.options);
    }

    /** Whether it is the one that variants of its model are held against for fidelity. */
    boolean isBaseline() {
        return variant.id().equals(baseline);
    }
}
