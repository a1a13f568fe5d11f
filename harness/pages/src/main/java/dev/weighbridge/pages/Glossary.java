package dev.weighbridge.pages;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Trial;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What the words and abbreviations of a table of variants mean, to be opened by whoever does not know them. */
public final class Glossary {
    private Glossary() {}

    /** The list, of those verdicts and states alone that the rows have. */
    public static Markup of(Collection<VariantView> rows) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("TTFT", "Time to first token.");
        words.put("TPOT", "Time per output token after the first ones.");
        words.put("p50, p95", "Half, and 95 %, of the requests took no longer.");
        words.put("pp", "Percentage points.");
        words.put("non-inferior", "By its 95 % interval, accuracy is at most the study's margin below the baseline's.");
        words.put("inferior", "By its 95 % interval, accuracy is more than the margin below the baseline's.");
        Set<Decision.Verdict> verdicts = EnumSet.noneOf(Decision.Verdict.class);
        Set<Trial.Status> states = EnumSet.noneOf(Trial.Status.class);
        for (VariantView row : rows) {
            if (row.valid()) {
                verdicts.add(row.candidate().verdict());
            } else {
                states.add(row.status());
            }
        }
        verdicts.forEach(verdict -> words.put(word(verdict), meaning(verdict)));
        states.forEach(status -> words.put(TrialTable.word(status), meaning(status)));
        Markup html = new Markup().open("details").element("summary", "What the words mean");
        html.open("dl", "class", "facts terms");
        words.forEach((word, meaning) ->
                html.open("div").element("dt", word).element("dd", meaning).close());
        return html.close().close();
    }

    /** A verdict as it stands in a table, for example {@code not ranked}. */
    public static String word(Decision.Verdict verdict) {
        return switch (verdict) {
            case CHOSEN -> "chosen";
            case TIED -> "tied";
            case DEARER -> "dearer";
            case INCONCLUSIVE -> "inconclusive";
            case DISQUALIFIED -> "disqualified";
            case SCREENED -> "screened";
            case NOT_RANKED -> "not ranked";
        };
    }

    private static String meaning(Decision.Verdict verdict) {
        return switch (verdict) {
            case CHOSEN -> "The variant to deploy: the cheapest of those that qualify.";
            case TIED -> "Qualifies, and its cost cannot be told from the chosen one's.";
            case DEARER -> "Qualifies, and surely costs more than the chosen one.";
            case INCONCLUSIVE ->
                "What was measured does not settle whether it qualifies, or whether it is the cheapest.";
            case DISQUALIFIED -> "Surely misses an objective or the accuracy margin.";
            case SCREENED -> "Surely lost before it was measured to the end, so that no more load was spent on it.";
            case NOT_RANKED -> "Failed, invalid or skipped.";
        };
    }

    private static String meaning(Trial.Status status) {
        return switch (status) {
            case COMPLETED -> "Counts.";
            case DISTURBED -> "The machine disturbed it each time it was measured.";
            case SATURATED -> "The server could not keep up with the load.";
            case INVALID -> "The method was at fault, or its answers are not the baseline's; shown and never ranked.";
            case FAILED -> "The engine or the load broke.";
            case SKIPPED -> "The variant cannot do it, or was not measured.";
        };
    }
}
