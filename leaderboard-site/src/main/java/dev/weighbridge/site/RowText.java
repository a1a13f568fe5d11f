package dev.weighbridge.site;

import dev.weighbridge.analysis.VariantView;
import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.analysis.text.SafeText;
import dev.weighbridge.pages.Glossary;
import dev.weighbridge.pages.TrialTable;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Trial;
import java.util.List;

/** What a row says about its variant in words. */
final class RowText {
    private static final int LONGEST_NAME = 60;

    private RowText() {}

    /** A name fit for a cell of the leaderboard and for its facets. */
    static String name(String text) {
        return SafeText.clean(text, LONGEST_NAME);
    }

    static String status(VariantView row) {
        return TrialTable.word(row.status());
    }

    /** Verdict of the decision; empty when there is none or the variant is not valid. */
    static String verdict(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        return candidate == null || !row.valid() ? "" : verdict(candidate.verdict());
    }

    static String verdict(Decision.Verdict verdict) {
        return Glossary.word(verdict);
    }

    /** Why a row is where it is: what is wrong with its trials, or else what the decision says. */
    static List<String> reasons(VariantView row) {
        Decision.Candidate candidate = row.candidate();
        List<String> reasons = row.valid() && candidate != null
                ? ReasonText.list(candidate.reasons())
                : ReasonText.list(row.reasons());
        return reasons.stream().map(SafeText::clean).toList();
    }

    /** The reasons in one bounded line. */
    static String why(VariantView row) {
        return SafeText.clean(String.join("; ", reasons(row)));
    }

    /** Style of a status tag. */
    static String style(Trial.Status status) {
        return "tag " + status.name();
    }
}
