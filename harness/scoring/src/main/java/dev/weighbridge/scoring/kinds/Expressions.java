package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.ScoringException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Regular expressions of a task file, with Python's meaning of {@code \\w}, {@code \\d} and {@code \\s}. */
public final class Expressions {
    private Expressions() {}

    /**
     * Compiles expressions.
     *
     * @param option they come from, for messages
     * @throws ScoringException when one is not well-formed
     */
    public static List<Pattern> compiled(List<String> expressions, String option) {
        return expressions.stream()
                .map(expression -> {
                    try {
                        return Pattern.compile(expression, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE);
                    } catch (PatternSyntaxException e) {
                        throw new ScoringException("option '" + option + "': '" + expression
                                + "' is no regular expression: " + e.getDescription() + " at " + e.getIndex());
                    }
                })
                .toList();
    }
}
