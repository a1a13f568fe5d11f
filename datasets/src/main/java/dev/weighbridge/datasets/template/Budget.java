package dev.weighbridge.datasets.template;

/** How much work one rendering may still do: a template is a file of somebody else's. */
final class Budget {
    private static final int MOST_STEPS = 2_000_000;
    private static final int LONGEST_TEXT = 32 << 20;

    private int steps = MOST_STEPS;
    private long characters = LONGEST_TEXT;

    /** Counts one evaluated expression or pass of a loop. */
    void step() {
        if (--steps < 0) {
            throw new TemplateException("the template takes more than " + MOST_STEPS + " steps for one row");
        }
    }

    /** Counts text that is made. */
    String made(String text) {
        characters -= text.length();
        if (characters < 0) {
            throw new TemplateException("the template makes more than " + LONGEST_TEXT + " characters for one row");
        }
        return text;
    }
}
