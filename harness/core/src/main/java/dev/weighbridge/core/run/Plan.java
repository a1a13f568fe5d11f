package dev.weighbridge.core.run;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.core.study.EngineChoice;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.results.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All variants of a study; what is measured of them, and when, is up to {@link TrialSource}.
 *
 * @param study it was made from
 * @param variants in order: of each model its baseline first
 */
public record Plan(Study study, List<PlannedVariant> variants) {
    private static final int USUAL_PROBES = 4;

    /**
     * Makes the plan of a study.
     *
     * @param providers by id
     * @throws EngineException of category UNAVAILABLE when the study names an engine that does not exist
     */
    public static Plan of(Study study, Map<String, EngineProvider> providers) {
        for (EngineChoice engine : study.engines()) {
            if (!providers.containsKey(engine.adapter())) {
                throw new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + engine.adapter() + "' of study " + study.name() + " does not exist. Use one of: "
                                + providers.keySet());
            }
        }
        List<PlannedVariant> variants = new ArrayList<>();
        for (Study.Model model : study.models()) {
            variants.addAll(variants(study, model, providers));
        }
        return new Plan(study, List.copyOf(variants));
    }

    /** Id of the variant that all the others are held against. */
    public String baseline() {
        return variants.get(0).baseline();
    }

    /**
     * Variants in the order in which they are checked: baselines, then those whose answers stand for others, then the rest.
     */
    List<PlannedVariant> inOrderOfChecks() {
        List<PlannedVariant> order = new ArrayList<>(variants);
        order.sort(Comparator.comparing((PlannedVariant v) -> !v.isStudyBaseline(this))
                .thenComparing(v -> !v.isBaseline())
                .thenComparing(v -> !representative(v).equals(v)));
        return order;
    }

    /**
     * The variant that is evaluated in full for all that differ from it in batching alone: a baseline where there is one, else
     * the one whose policy answers many questions soonest.
     */
    PlannedVariant representative(PlannedVariant variant) {
        return variants.stream()
                .filter(v -> v.differsOnlyInBatching(variant) && v.refusal().isEmpty())
                .min(Comparator.comparing((PlannedVariant v) -> !v.isBaseline())
                        .thenComparing(v -> v.batching().policy(), Comparator.reverseOrder()))
                .orElse(variant);
    }

    /** Trials that the study comes to when nothing is screened, disturbed or refused; the searches counted as usual. */
    public int expectedTrials() {
        int each = 1
                + (study.evaluation().tasks().isEmpty() ? 0 : 1)
                + study.repeats() * study.scenarios().size()
                + (study.capacity().isPresent() ? 1 + study.repeats() * USUAL_PROBES : 0)
                + (study.evaluation().underLoad() ? 1 : 0);
        return each * variants.size();
    }

    private static List<PlannedVariant> variants(
            Study study, Study.Model model, Map<String, EngineProvider> providers) {
        List<PlannedVariant> variants = new ArrayList<>();
        String baseline = baseline(study, model);
        for (EngineChoice engine : study.engines()) {
            EngineProvider provider = providers.get(engine.adapter());
            for (Precision precision : engine.precisions().isEmpty() ? study.precisions() : engine.precisions()) {
                for (Batching batching : engine.batching().isEmpty() ? study.batching() : engine.batching()) {
                    Optional<String> refusal = provider == null
                            ? Optional.of("engine '" + engine.adapter() + "' does not exist")
                            : provider.capabilities().refusal(precision, batching.policy());
                    for (Map<String, String> options : engine.combinations()) {
                        Variant variant = variant(study, model, engine, precision, batching, options);
                        variants.add(new PlannedVariant(
                                variant, model, engine, options, precision, batching, baseline, refusal));
                    }
                }
            }
        }
        variants.sort(Comparator.comparing(v -> !v.isBaseline()));
        return variants;
    }

    private static Variant variant(
            Study study,
            Study.Model model,
            EngineChoice engine,
            Precision precision,
            Batching batching,
            Map<String, String> options) {
        int machines = engine.gpus(options);
        return new Variant(
                id(model, engine.name(), precision, batching) + EngineChoice.suffix(options),
                name(model),
                engine.name(),
                precision.id(),
                batching.id(),
                batching.policy().id(),
                study.device().id(),
                study.hardware(),
                options.isEmpty() ? null : options,
                machines == 1 ? null : machines);
    }

    /** Of an engine with options the first combination. */
    private static String baseline(Study study, Study.Model model) {
        Study.Baseline base = study.baseline();
        Map<String, String> options = study.engines().stream()
                .filter(engine -> engine.name().equals(base.engine()))
                .findFirst()
                .map(engine -> engine.combinations().get(0))
                .orElse(Map.of());
        return id(model, base.engine(), base.precision(), base.batching()) + EngineChoice.suffix(options);
    }

    private static String id(Study.Model model, String engine, Precision precision, Batching batching) {
        return name(model) + "~" + engine + "~" + precision.id() + "~" + batching.id();
    }

    private static String name(Study.Model model) {
        Path name = model.path().getFileName();
        return name == null ? "model" : Variant.idPart(name.toString());
    }
}
