package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decision in words. */
public final class DecisionText {
    private DecisionText() {}

    /**
     * The statement in one line.
     *
     * @param names short name by variant id
     */
    public static String headline(Map<String, String> names, Decision decision) {
        String chosen = decision.chosen();
        String name = chosen == null ? "" : SafeText.clean(names.getOrDefault(chosen, chosen), SafeText.SHORT);
        return switch (decision.outcome()) {
            case DECIDED -> chosen == null ? "Decided, but no variant is named" : "Deploy " + name;
            case TIED -> chosen == null ? "A tie" : "Deploy " + name + ", tied with others";
            case INCONCLUSIVE -> "Inconclusive: the measurements do not settle which variant to deploy";
            case NONE_QUALIFIES -> "Deploy none: no variant qualifies";
        };
    }

    /** The objectives in words, one each. */
    public static List<String> objectives(Manifest.Objectives objectives) {
        List<String> words = new ArrayList<>();
        limit(words, "TTFT", objectives.ttftMillis());
        limit(words, "TPOT", objectives.tpotMillis());
        limit(words, "end to end", objectives.e2eMillis());
        words.add("goodput at least " + Notation.PERCENT.number(objectives.goodputShare()) + " %");
        words.add("accuracy, by its 95 % interval, at most " + Notation.PERCENT.number(objectives.accuracyMargin())
                + " pp under the baseline's, and on no task surely lower than that");
        return words;
    }

    private static void limit(List<String> words, String name, @Nullable Double millis) {
        if (millis != null) {
            words.add(name + " of a good request at most " + Notation.MILLIS.number(millis) + " ms");
        }
    }

    /** What kind of decision it is. */
    public static String label(Decision.Outcome outcome) {
        return switch (outcome) {
            case DECIDED -> "Decision";
            case TIED -> "Decision: tie";
            case INCONCLUSIVE -> "Decision: inconclusive";
            case NONE_QUALIFIES -> "Decision: none qualifies";
        };
    }
}
