package dev.weighbridge.scoring.filter;

import dev.weighbridge.scoring.BoundedText;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.kinds.Expressions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The filters that tasks can name. {@code regex}, {@code take-first}, {@code take-first-k} and {@code majority-vote} do what
 * lm-evaluation-harness's filters of these names do.
 */
public final class Filters {
    private static final int MOST_REPEATS = 1000;
    private static final int MOST_MATCHES = 100_000;
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
        kinds.put("take-first", options -> answers -> answers.subList(0, 1));
        kinds.put("take-first-k", options -> {
            int k = options.whole("k", 1, 1, MOST_REPEATS);
            return answers -> answers.subList(0, Math.min(k, answers.size()));
        });
        kinds.put("majority-vote", options -> Filters::majority);
        return Collections.unmodifiableMap(kinds);
    }

    private static Filter each(UnaryOperator<String> change) {
        return answers -> answers.stream().map(change).toList();
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
        String pattern = options.text("pattern", "#### (\\-?[0-9\\.\\,]+)");
        Pattern compiled = Expressions.compiled(List.of(pattern), "pattern").get(0);
        int select = place(options.text("select", "first"));
        String fallback = options.text("fallback", "[invalid]");
        return each(answer -> {
            List<String> found = new ArrayList<>();
            Matcher matcher = compiled.matcher(new BoundedText(answer));
            while ((select < 0 || found.size() <= select) && found.size() < MOST_MATCHES && matcher.find()) {
                found.add(group(matcher));
            }
            int at = select < 0 ? found.size() + select : select;
            boolean none = at < 0 || at >= found.size();
            return none || (found.get(at).isEmpty() && matcher.groupCount() > 0)
                    ? fallback
                    : found.get(at).strip();
        });
    }

    /** Place of the match that is taken: 0 is the first, -1 the last. */
    private static int place(String select) {
        try {
            return switch (select) {
                case "first" -> 0;
                case "last" -> -1;
                default -> Integer.parseInt(select);
            };
        } catch (NumberFormatException e) {
            throw new ScoringException("option 'select' of filter regex must be first, last or the number of a match,"
                    + " 0 the first and -1 the last, got: " + select);
        }
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

    private static String group(Matcher matcher) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
            String text = matcher.group(group);
            if (text != null && !text.isEmpty()) {
                return text;
            }
        }
        return matcher.groupCount() == 0 ? matcher.group() : "";
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
}
