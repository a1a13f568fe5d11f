package dev.weighbridge.reports;

import dev.weighbridge.pages.FeedbackTable;
import dev.weighbridge.pages.Markup;
import dev.weighbridge.results.UserFeedback;

/** What users said of the variants, and what their silence leaves open. */
final class FeedbackSection {
    static final String ID = "feedback";
    static final String HEADING = "What users said";

    private FeedbackSection() {}

    static Markup of(RunFacts facts, UserFeedback feedback) {
        Markup html = new Markup();
        html.open("section", "id", ID, "aria-labelledby", ID + "-heading");
        html.element("h2", HEADING, "id", ID + "-heading");
        FeedbackTable.write(html, facts::name, feedback);
        return html.close();
    }
}
