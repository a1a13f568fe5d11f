package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.kinds.Expressions;
import dev.weighbridge.scoring.text.NormalizedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The filters that tasks can name. {@code regex}, {@code take-first}, {@code take-first-k} and {@code majority-vote} do what
 * lm-evaluation-harness's filters of these names do.
 */
public final class Filters {
    private static final int MOST_REPEATS = 1000;
    private static final Pattern BLOCK =
            Pattern.compile("```(?:\\w+)?\\n?(.*?)\\n?```", Pattern.DOTALL | Pattern.UNICODE_CHARACTER_CLASS);
    private static final Map<String, Function<ScorerOptions, Filter>> KINDS = kinds();

    private Filters() {}

    /** Names of the filters, in alphabetical order. */
    public static List<String> names() {
        return KINDS.keySet().stream().sorted().toList();
    }

    /**
     * Opens a filter and checks that every option was one of its own.
     *
     * @throws ScoringException when there is no such filter, or an option is unknown or has no good value
     */
    public static Filter open(String name, Map<String, Object> options) {
        Function<ScorerOptions, Filter> kind = KINDS.get(name);
        if (kind == null) {
            throw new ScoringException("there is no filter '" + name + "'. Choose one of " + names() + ".");
        }
        ScorerOptions read = new ScorerOptions("filter " + name, options);
        Filter filter = kind.apply(read);
        read.end();
        return filter;
    }

    private static Map<String, Function<ScorerOptions, Filter>> kinds() {
        Map<String, Function<ScorerOptions, Filter>> kinds = new LinkedHashMap<>();
        kinds.put("strip", options -> each(String::strip));
        kinds.put("lower", options -> each(text -> text.toLowerCase(Locale.ROOT)));
        kinds.put("upper", options -> each(text -> text.toUpperCase(Locale.ROOT)));
        kinds.put(
                "first-line",
                options -> each(text -> text.stripLeading().lines().findFirst().orElse("")));
        kinds.put("before", options -> before(options.texts("text")));
        kinds.put("after-last", options -> afterLast(options.text("text", "")));
        kinds.put("map", Filters::map);
        kinds.put("regex", Filters::regex);
        kinds.put("remove", Filters::remove);
        kinds.put("take-first", options -> (question, answers) -> answers.subList(0, 1));
        kinds.put("take-first-k", options -> {
            int k = options.whole("k", 1, 1, MOST_REPEATS);
            return (question, answers) -> answers.subList(0, Math.min(k, answers.size()));
        });
        kinds.put("majority-vote", options -> (question, answers) -> majority(answers));
        kinds.put("choice", ChoiceFilter::new);
        kinds.put("map-regex", MappedMatchFilter::new);
        kinds.put("sort-words", Filters::sortWords);
        kinds.put("prepend", Filters::prepend);
        kinds.put("code-block", options -> each(Filters::codeBlock));
        return Collections.unmodifiableMap(kinds);
    }

    private static Filter each(UnaryOperator<String> change) {
        return (question, answers) -> answers.stream().map(change).toList();
    }

    /** What comes before the first of some texts. */
    private static Filter before(List<String> texts) {
        return each(answer -> {
            int end = answer.length();
            for (String text : texts) {
                int at = answer.indexOf(text);
                end = at >= 0 ? Math.min(end, at) : end;
            }
            return answer.substring(0, end);
        });
    }

    private static Filter afterLast(String text) {
        return each(answer -> {
            int at = text.isEmpty() ? -1 : answer.lastIndexOf(text);
            return at < 0 ? answer : answer.substring(at + text.length());
        });
    }

    /** All matches are found; one of them is taken, of its groups the first that holds something. */
    private static Filter regex(ScorerOptions options) {
        SelectedMatch match = SelectedMatch.of(options, "regex");
        String fallback = options.text("fallback", "[invalid]");
        return each(answer -> match.in(answer).orElse(fallback));
    }

    /** Answers that are known are put in other words; the rest become another one. */
    private static Filter map(ScorerOptions options) {
        if (!(options.any("to", Map.of()) instanceof Map<?, ?> given)) {
            throw new ScoringException(
                    "option 'to' of filter map must have an answer and its other words on each line");
        }
        Map<String, String> to = new LinkedHashMap<>();
        given.forEach((answer, other) -> to.put(String.valueOf(answer), String.valueOf(other)));
        String otherwise = options.text("otherwise", "None");
        return each(answer -> to.getOrDefault(answer, otherwise));
    }

    private static Filter remove(ScorerOptions options) {
        List<Pattern> patterns = Expressions.compiled(options.texts("pattern"), "pattern");
        return each(answer -> {
            String left = answer;
            for (Pattern pattern : patterns) {
                left = pattern.matcher(new BoundedText(left)).replaceAll("");
            }
            return left;
        });
    }

    /** The answer that was given most often; of several the one that came first. */
    private static List<String> majority(List<String> answers) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        answers.forEach(answer -> votes.merge(answer, 1, Integer::sum));
        int most = Collections.max(votes.values());
        List<String> winners = new ArrayList<>();
        votes.forEach((answer, count) -> {
            if (count == most) {
                winners.add(answer);
            }
        });
        return List.of(winners.get(0));
    }

    /** The words of a list in a column that an answer names, each where it stands last, one after the other. */
    private static Filter sortWords(ScorerOptions options) {
        String column = options.text("column", "input");
        String after = options.text("after", "List:");
        return (question, answers) -> {
            String text = question.text(column);
            int at = text.indexOf(after);
            if (at < 0) {
                throw new ScoringException("column '" + column + "' has no '" + after + "' before a list of words");
            }
            int end = text.indexOf(after, at + after.length());
            String list = text.substring(at + after.length(), end < 0 ? text.length() : end);
            List<String> words =
                    NormalizedText.words(list).stream().map(Pattern::quote).toList();
            Pattern any = Pattern.compile("\\b(?:" + String.join("|", words) + ")\\b", Pattern.UNICODE_CHARACTER_CLASS);
            return answers.stream().map(answer -> lastOfEach(any, answer)).toList();
        };
    }

    private static String lastOfEach(Pattern any, String answer) {
        Set<String> found = new LinkedHashSet<>();
        Matcher matcher = any.matcher(new BoundedText(answer));
        while (matcher.find()) {
            found.remove(matcher.group());
            found.add(matcher.group());
        }
        return String.join(" ", found);
    }

    /** Text of a column before an answer, as the head of a function before its body. */
    private static Filter prepend(ScorerOptions options) {
        String column = options.text("column", "prompt");
        return (question, answers) -> {
            String before = question.text(column);
            return answers.stream().map(before::concat).toList();
        };
    }

    /** The first block of code of an answer that goes on with a block that its prompt has opened; nothing where none ends. */
    private static String codeBlock(String answer) {
        return Stream.of("```" + answer, answer.replace("```python", "```"))
                .map(text -> BLOCK.matcher(new BoundedText(text)))
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .findFirst()
                .orElse("");
    }
}
