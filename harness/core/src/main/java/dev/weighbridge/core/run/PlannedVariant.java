package dev.weighbridge.core.run;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Precision;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Variant;
import java.util.Optional;

/**
 * One variant of a plan.
 *
 * @param variant as records show it
 * @param model to open
 * @param precision to open it at
 * @param batching to open it with
 * @param baseline id of the variant it is held against; its own for the baseline
 * @param refusal why its engine cannot run it, or empty when it can
 */
public record PlannedVariant(
        Variant variant,
        Study.Model model,
        Precision precision,
        Batching batching,
        String baseline,
        Optional<String> refusal) {
    boolean isBaseline() {
        return variant.id().equals(baseline);
    }
}
