package dev.weighbridge.analysis.text;

import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A decision in words. */
public final class DecisionText {
    private static final int MOST_NAMED = 3;
    private static final double MANY = 10;

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
            case INCONCLUSIVE -> "The measurements do not settle which variant to deploy";
            case NONE_QUALIFIES -> "Deploy none: no variant qualifies";
        };
    }

    /**
     * The objectives in words, one each.
     *
     * @param accuracy whether the run asked for it; where it did not, no margin was held against anything
     */
    public static List<String> objectives(Manifest.Objectives objectives, boolean accuracy) {
        List<String> words = new ArrayList<>();
        limit(words, "TTFT", objectives.ttftMillis());
        limit(words, "TPOT", objectives.tpotMillis());
        limit(words, "end to end", objectives.e2eMillis());
        if (objectives.goodputShare() > 0) {
            words.add("goodput, the share of good requests, at least "
                    + Notation.PERCENT.number(objectives.goodputShare()) + " %");
        }
        if (accuracy) {
            words.add("accuracy, by its 95 % interval, at most " + Notation.PERCENT.number(objectives.accuracyMargin())
                    + " percentage points under the baseline's, and on no task surely lower than that");
        }
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

    /**
     * What the headline leaves to be said, in one or two sentences.
     *
     * @param toMeasure names of the variants that are open and could still be the cheapest
     */
    public static String summary(
            Decision.Outcome outcome, List<Decision.Candidate> candidates, List<String> toMeasure) {
        long tied = candidates.stream()
                .filter(c -> c.verdict() == Decision.Verdict.TIED)
                .count();
        return switch (outcome) {
            case DECIDED -> "It costs surely less than every other variant that qualifies.";
            case TIED ->
                tied + (tied == 1 ? " other variant costs" : " other variants cost")
                        + " as much, as far as was measured; another run may name "
                        + (tied == 1 ? "it" : "one of them") + " instead." + saturated(candidates);
            case INCONCLUSIVE -> open(toMeasure);
            case NONE_QUALIFIES ->
                "No variant meets the objectives without losing more accuracy than the margin allows.";
        };
    }

    /** What tells tied variants apart though their costs do not; empty where nothing does. */
    private static String saturated(List<Decision.Candidate> candidates) {
        long fewer = served(candidates, false);
        long more = served(candidates, true);
        if (fewer + more == 0) {
            return "";
        }
        String words = fewer == 0
                ? more + " of them surely " + (more == 1 ? "serves" : "serve") + " more"
                : fewer + " of them surely " + (fewer == 1 ? "serves" : "serve") + " fewer"
                        + (more == 0 ? "" : ", " + more + " more,");
        return " Under more load than it can do, " + words + " tokens a second.";
    }

    private static long served(List<Decision.Candidate> candidates, boolean more) {
        return candidates.stream()
                .flatMap(candidate -> candidate.reasons().stream())
                .filter(reason -> reason.code() == Code.SATURATED_THROUGHPUT_DIFFERS)
                .map(Reason::figure)
                .filter(ratio -> ratio != null && ratio > 1 == more)
                .count();
    }

    private static String open(List<String> toMeasure) {
        if (toMeasure.isEmpty()) {
            return "The costs of those that qualify, or whether they qualify, could not be told.";
        }
        String names = toMeasure.stream()
                .limit(MOST_NAMED)
                .map(name -> SafeText.clean(name, SafeText.SHORT))
                .collect(Collectors.joining(", "));
        int more = toMeasure.size() - MOST_NAMED;
        return "Still open, and possibly the cheapest: " + names + (more > 0 ? " and " + more + " more" : "") + ".";
    }

    /** A 95 % interval of a ratio; empty when there is none. */
    public static String interval(@Nullable Double low, @Nullable Double high) {
        return low == null || high == null ? "" : "95 % interval [" + ratio(low) + ", " + ratio(high) + "]";
    }

    /** A ratio with three decimals, so that one near 1 is told from it, for example {@code 1.001} or {@code 3.300}. */
    static String ratio(double value) {
        return value < MANY ? String.format(Locale.ROOT, "%.3f", value) : Notation.PLAIN.number(value);
    }
}
