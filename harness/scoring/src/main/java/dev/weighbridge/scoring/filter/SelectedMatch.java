package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.kinds.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the matches of a regular expression, as lm-evaluation-harness's filters take it: all matches are found as Python's
 * {@code findall} does, one is selected, and of several groups the first that holds something.
 *
 * @param pattern whose matches are found
 * @param place of the match: 0 the first, -1 the last
 */
record SelectedMatch(Pattern pattern, int place) {
    private static final int MOST_MATCHES = 100_000;

    /** By the options {@code pattern} and {@code select}. */
    static SelectedMatch of(ScorerOptions options, String filter) {
        String pattern = options.text("pattern", "#### (\\-?[0-9\\.\\,]+)");
        return new SelectedMatch(
                Expressions.compiled(List.of(pattern), "pattern").get(0),
                place(options.text("select", "first"), filter));
    }

    /** Place of the match that is taken. */
    static int place(String select, String filter) {
        try {
            return switch (select) {
                case "first" -> 0;
                case "last" -> -1;
                default -> Integer.parseInt(select);
            };
        } catch (NumberFormatException e) {
            throw new ScoringException("option 'select' of filter " + filter + " must be first, last or the number of a"
                    + " match, 0 the first and -1 the last, got: " + select);
        }
    }

    /** The match without white space around it; empty where there is none, or none of several groups holds anything. */
    Optional<String> in(String text) {
        List<Optional<String>> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(new BoundedText(text));
        while ((place < 0 || found.size() <= place) && found.size() < MOST_MATCHES && matcher.find()) {
            found.add(group(matcher));
        }
        int at = place < 0 ? found.size() + place : place;
        return at < 0 || at >= found.size() ? Optional.empty() : found.get(at).map(String::strip);
    }

    private static Optional<String> group(Matcher matcher) {
        if (matcher.groupCount() < 2) {
            String only = matcher.group(matcher.groupCount());
            return Optional.of(only == null ? "" : only);
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            String text = matcher.group(group);
            if (text != null && !text.isEmpty()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }
}
