package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.kinds.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The word that stands for what an answer says: one of several regular expressions is found in it, and its word is taken, as
 * BIG-Bench Hard's {@code MapRegexFilter} in lm-evaluation-harness does.
 */
final class MappedMatchFilter implements Filter {
    /** An expression and what its match means. */
    private record Meaning(SelectedMatch match, String word) {}

    private final SelectedMatch any;
    private final List<Meaning> meanings = new ArrayList<>();
    private final Leniency leniency;
    private final String fallback;

    MappedMatchFilter(ScorerOptions options) {
        if (!(options.any("to", "") instanceof Map<?, ?> to) || to.isEmpty()) {
            throw new ScoringException(
                    "option 'to' of filter map-regex must have a regular expression and its word on each line");
        }
        int place = SelectedMatch.place(options.text("select", "first"), "map-regex");
        List<String> expressions = new ArrayList<>();
        to.forEach((expression, word) -> {
            expressions.add(String.valueOf(expression));
            meanings.add(
                    new Meaning(new SelectedMatch(compiled(String.valueOf(expression)), place), String.valueOf(word)));
        });
        any = new SelectedMatch(compiled(String.join("|", expressions)), place);
        leniency = Leniency.of(options);
        fallback = options.text("fallback", "[invalid]");
    }

    private static Pattern compiled(String expression) {
        return Expressions.compiled(List.of(expression), "to").get(0);
    }

    @Override
    public List<String> apply(Question question, List<String> answers) {
        return answers.stream().map(this::word).toList();
    }

    private String word(String answer) {
        String found = any.in(leniency.plain(answer)).orElse("");
        if (found.isEmpty()) {
            return fallback;
        }
        String plain = leniency.plain(found);
        for (Meaning meaning : meanings) {
            if (!meaning.match().in(plain).orElse("").isEmpty()) {
                return meaning.word();
            }
        }
        return fallback;
    }
}
