package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Variant;
import java.util.List;

/** Names of models as pages show them: one whose weights are random says so wherever it is named. */
public final class ModelNames {
    /** What stands beside the name of a model that was never trained. */
    public static final String RANDOM_WEIGHTS = "random weights: speed only";

    private static final int LONGEST_NAME = 60;

    private ModelNames() {}

    /** The bounded name of a variant's model, with the note where it has random weights. */
    public static String of(Manifest manifest, Variant variant) {
        return SafeText.clean(variant.model(), LONGEST_NAME)
                + (manifest.hasRandomWeights(variant) ? " (" + RANDOM_WEIGHTS + ")" : "");
    }

    /** For a column of its own: {@code random}, or nothing where the weights are not known to be. */
    public static String weights(Manifest manifest, Variant variant) {
        return manifest.hasRandomWeights(variant) ? "random" : "";
    }

    /** One sentence on the models of a run that have random weights; empty when none has. */
    public static String note(Manifest manifest) {
        List<String> names = manifest.models().stream()
                .filter(model -> model.randomWeights() != null)
                .map(model -> SafeText.clean(model.name(), LONGEST_NAME))
                .toList();
        return names.isEmpty()
                ? ""
                : String.join(", ", names) + (names.size() == 1 ? " has " : " have ") + RANDOM_WEIGHTS + ".";
    }
}
