package dev.weighbridge.gateway.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Blocks or masks what regular expressions match, as {@link Pattern} defines them. The text is matched as it is, so that
 * {@code (?i)} and Unicode classes are the expression's affair. An expression that does not come to an end within a number of
 * steps that grows with the text's length is a failure of the guard.
 */
public final class RegexGuard implements Guard {
    private static final int MOST_PATTERNS = 200;
    private static final int LONGEST_PATTERN = 2_000;
    private static final int MOST_MATCHES = 100_000;
    private static final int CONTEXT = 20;

    private final Post post;
    private final Action action;
    private final Map<String, Pattern> patterns = new LinkedHashMap<>();

    /**
     * A guard.
     *
     * @param expressions by name; the name is the reason of a block, and in capitals what a match is masked with
     * @throws IllegalArgumentException when an expression is none, matches the empty text, or there are none or too many
     */
    public RegexGuard(Post post, Action action, Map<String, String> expressions) {
        this.post = post;
        this.action = action;
        if (expressions.isEmpty() || expressions.size() > MOST_PATTERNS) {
            throw new IllegalArgumentException(
                    "guard '" + post.id() + "' needs 1 to " + MOST_PATTERNS + " patterns, got: " + expressions.size());
        }
        expressions.forEach((name, expression) -> patterns.put(name, compile(name, expression)));
    }

    private Pattern compile(String name, String expression) {
        String where = "pattern '" + name + "' of guard '" + post.id() + "' ";
        if (expression.length() > LONGEST_PATTERN) {
            throw new IllegalArgumentException(where + "is longer than " + LONGEST_PATTERN + " characters");
        }
        try {
            Pattern pattern = Pattern.compile(expression);
            if (pattern.matcher("").matches()) {
                throw new IllegalArgumentException(where + "matches the empty text, so that it would match everywhere");
            }
            return pattern;
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    where + "is no regular expression: " + e.getDescription() + " at character " + e.getIndex());
        }
    }

    @Override
    public Post post() {
        return post;
    }

    @Override
    public Map<String, Object> description() {
        Map<String, String> expressions = new LinkedHashMap<>();
        patterns.forEach((name, pattern) -> expressions.put(name, pattern.pattern()));
        return Map.of("type", "regex", "action", action.id(), "patterns", expressions);
    }

    @Override
    public Verdict judge(Side side, String text) {
        List<Finding> findings = new ArrayList<>();
        for (Map.Entry<String, Pattern> entry : patterns.entrySet()) {
            try {
                Matcher matcher = entry.getValue().matcher(new BoundedText(text));
                while (matcher.find()) {
                    if (matcher.end() > matcher.start()) {
                        findings.add(new Finding(entry.getKey(), matcher.start(), matcher.end()));
                    }
                    if (findings.size() > MOST_MATCHES) {
                        throw new GuardException("the patterns match more than " + MOST_MATCHES
                                + " times. Write them so that they match longer ranges");
                    }
                    if (action == Action.BLOCK && !findings.isEmpty()) {
                        return new Verdict.Blocked(post.id(), entry.getKey(), around(text, findings.get(0)));
                    }
                }
            } catch (StackOverflowError e) {
                // Groups under repetition recurse once for each repetition.
                throw new GuardException("pattern '" + entry.getKey() + "' goes too deep for a text of " + text.length()
                        + " characters. Write it without groups under repetition");
            }
        }
        return Masking.apply(text, findings, finding -> "[" + finding.kind().toUpperCase(Locale.ROOT) + "]");
    }

    private static String around(String text, Finding finding) {
        return text.substring(Math.max(0, finding.start() - CONTEXT), Math.min(text.length(), finding.end() + CONTEXT));
    }
}
