package dev.weighbridge.core.run;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All variants and trials of a study in the order in which they are measured: each model's baseline first.
 *
 * @param study it was made from
 * @param variants in order
 * @param trials in order; those of a variant follow each other
 */
public record Plan(Study study, List<PlannedVariant> variants, List<PlannedTrial> trials) {

    /**
     * Makes the plan of a study.
     *
     * @param providers by id
     * @throws EngineException of category UNAVAILABLE when the study names an engine that does not exist
     */
    public static Plan of(Study study, Map<String, EngineProvider> providers) {
        for (String engine : study.engines()) {
            if (!providers.containsKey(engine)) {
                throw new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + engine + "' of study " + study.name() + " does not exist. Use one of: "
                                + providers.keySet());
            }
        }
        List<PlannedVariant> variants = new ArrayList<>();
        for (Study.Model model : study.models()) {
            variants.addAll(variants(study, model, providers));
        }
        List<PlannedTrial> trials = new ArrayList<>();
        for (PlannedVariant variant : variants) {
            trials.addAll(trials(study, variant));
        }
        return new Plan(study, List.copyOf(variants), List.copyOf(trials));
    }

    private static List<PlannedVariant> variants(
            Study study, Study.Model model, Map<String, EngineProvider> providers) {
        Study.Baseline base = study.baseline();
        String baseline = id(model, base.engine(), base.precision(), base.batching());
        List<PlannedVariant> variants = new ArrayList<>();
        for (String engine : study.engines()) {
            for (Precision precision : study.precisions()) {
                for (Batching batching : study.batching()) {
                    Variant variant = new Variant(
                            id(model, engine, precision, batching),
                            name(model),
                            engine,
                            precision.id(),
                            batching.id(),
                            batching.policy().id(),
                            study.device().id(),
                            study.hardware());
                    EngineProvider provider = providers.get(engine);
                    Optional<String> refusal = provider == null
                            ? Optional.of("engine '" + engine + "' does not exist")
                            : provider.capabilities().refusal(precision, batching.policy());
                    variants.add(new PlannedVariant(variant, model, precision, batching, baseline, refusal));
                }
            }
        }
        variants.sort(Comparator.comparing(v -> !v.isBaseline()));
        return variants;
    }

    private static List<PlannedTrial> trials(Study study, PlannedVariant variant) {
        List<PlannedTrial> trials = new ArrayList<>();
        trials.add(PlannedTrial.of(variant, Workload.Kind.PARITY, "parity", 1, null));
        if (!study.evaluation().tasks().isEmpty()) {
            trials.add(PlannedTrial.of(variant, Workload.Kind.EVALUATION, "evaluation", 1, null));
        }
        for (Study.Scenario scenario : study.scenarios()) {
            Workload.Kind kind = scenario.arrivals() instanceof LoadScenario.Poisson
                    ? Workload.Kind.LOAD_OPEN
                    : Workload.Kind.LOAD_CLOSED;
            for (int repeat = 1; repeat <= study.repeats(); repeat++) {
                trials.add(PlannedTrial.of(variant, kind, scenario.name(), repeat, scenario));
            }
        }
        return trials;
    }

    private static String id(Study.Model model, String engine, Precision precision, Batching batching) {
        return name(model) + "~" + engine + "~" + precision.id() + "~" + batching.id();
    }

    private static String name(Study.Model model) {
        Path name = model.path().getFileName();
        return name == null ? "model" : name.toString().replaceAll("[^A-Za-z0-9._+-]", "_");
    }
}
