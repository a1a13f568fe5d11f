package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The letter of the choice that an answer means, {@code (A)}: what a regular expression finds, else the choice whose text stands in
 * the answer, else a letter after a colon, as lm-evaluation-harness's {@code multi_choice_regex} finds it. The choices are a list in a
 * column of the row, or follow their letters in its text.
 */
final class ChoiceFilter implements Filter {
    private static final Pattern LETTERED = Pattern.compile("\\([A-Z]\\)([^\\n^(]*)");
    private static final int MOST_CHOICES = 26;

    private final SelectedMatch match;
    private final Leniency leniency;
    private final String column;
    private final String fallback;

    ChoiceFilter(ScorerOptions options) {
        match = SelectedMatch.of(options, "choice");
        leniency = Leniency.of(options);
        column = options.text("column", "choices");
        fallback = options.text("fallback", "[invalid]");
    }

    @Override
    public List<String> apply(Question question, List<String> answers) {
        Map<String, String> letters = new LinkedHashMap<>();
        Map<String, String> alone = new LinkedHashMap<>();
        for (String choice : choices(question)) {
            char letter = (char) ('A' + alone.size());
            letters.put(leniency.plain(choice.strip()), "(" + letter + ")");
            alone.put(String.valueOf(letter), "(" + letter + ")");
        }
        List<String> longestFirst = letters.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .toList();
        SelectedMatch texts = new SelectedMatch(Pattern.compile(String.join("|", longestFirst)), match.place());
        SelectedMatch colon = new SelectedMatch(
                Pattern.compile(":\\s*(" + String.join("|", alone.keySet()) + ")", Pattern.UNICODE_CHARACTER_CLASS),
                match.place());
        return answers.stream()
                .map(answer -> match.in(answer)
                        .filter(found -> !found.isEmpty())
                        .or(() -> letter(texts.in(leniency.plain(answer)), letters))
                        .or(() -> letter(colon.in(answer), alone))
                        .orElse(fallback))
                .toList();
    }

    private static Optional<String> letter(Optional<String> found, Map<String, String> letters) {
        return found.filter(text -> !text.isEmpty()).map(text -> letters.getOrDefault(text, text));
    }

    private List<String> choices(Question question) {
        List<String> choices = new ArrayList<>();
        Object value = question.row().get(column);
        if (value instanceof List<?> list) {
            list.forEach(choice -> choices.add(String.valueOf(choice)));
        } else {
            Matcher lettered = LETTERED.matcher(new BoundedText(question.text(column)));
            while (choices.size() <= MOST_CHOICES && lettered.find()) {
                choices.add(lettered.group(1));
            }
        }
        if (choices.size() > MOST_CHOICES) {
            throw new ScoringException("column '" + column + "' has more choices than there are letters from A to Z");
        }
        return choices;
    }
}
