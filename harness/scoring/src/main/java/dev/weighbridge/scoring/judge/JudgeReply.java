package dev.weighbridge.scoring.judge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weighbridge.scoring.BoundedText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a judge's words mean. The forms are tried in the order: double brackets, JSON, a named verdict or rating ({@code Winner: A},
 * {@code 7/10}), the bare word; of several of one form the last counts, as a judge comes to its verdict at the end. Words that have
 * no such form have no verdict: none is guessed.
 */
public final class JudgeReply {
    /** Characters at the end of a reply that are looked at. */
    public static final int LOOKED_AT = 20_000;

    private static final int BARE = 40;
    private static final double LEAST = 1;
    private static final double MOST = 10;
    private static final String SIDE =
            "(?:(?:the )?(?:answer|assistant|response|model|option)[ _-]?)?(a|b|c|1|2|tie|draw|equal|neither|both)";
    private static final String NUMBER = "(\\d{1,3}(?:\\.\\d{1,4})?)(?:\\s*(?:/|out of)\\s*(\\d{1,4}))?";

    private static final Pattern BRACKETED_SIDE = Pattern.compile("\\[\\[\\s*" + SIDE + "\\s*\\]\\]");
    private static final Pattern NAMED_SIDE =
            Pattern.compile("\\b(?:verdict|winner|preference|choice|decision|better(?: answer)?)(?: is)?\\s*[:=]?\\s*"
                    + SIDE
                    + "(?=[ \\t]*(?:[.,;:!)\\]}\"\\r\\n]|because\\b|$))");
    private static final Pattern BARE_SIDE =
            Pattern.compile("[\\s\\[(]*" + SIDE + "[\\s\\]).!]*(?:is better[.!]?)?\\s*");
    private static final Pattern BRACKETED_NUMBER = Pattern.compile("\\[\\[\\s*" + NUMBER + "\\s*\\]\\]");
    private static final Pattern NAMED_NUMBER =
            Pattern.compile("\\b(?:rating|score|grade|points|marks?)(?: is| of)?\\s*[:=]?\\s*" + NUMBER
                    + "(?![\\w/%])|(?<![\\w./])" + "(\\d{1,3}(?:\\.\\d{1,4})?)\\s*(?:/|out of)\\s*(10)(?![\\w/%])");
    private static final Pattern BARE_NUMBER = Pattern.compile("\\s*" + NUMBER + "\\s*\\.?\\s*");

    private static final List<String> SIDE_FIELDS =
            List.of("verdict", "winner", "preference", "choice", "decision", "better");
    private static final List<String> NUMBER_FIELDS = List.of("rating", "score", "grade", "overall");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxNumberLength(20)
                            .build())
                    .build())
            .build();

    private JudgeReply() {}

    /** Which answer is better: A is the first that was shown; C is a tie, as in MT-Bench (Zheng et al., arXiv 2306.05685). */
    public static Optional<Verdict> verdict(String reply) {
        String text = plain(reply);
        return last(BRACKETED_SIDE, text)
                .or(() -> json(text, SIDE_FIELDS)
                        .map(JsonNode::asText)
                        .map(side -> BARE_SIDE.matcher(side.replace('_', ' ')))
                        .filter(Matcher::matches)
                        .map(matcher -> matcher.group(1)))
                .or(() -> last(NAMED_SIDE, text))
                .or(() -> bare(BARE_SIDE, text).map(matcher -> matcher.group(1)))
                .map(JudgeReply::side);
    }

    /** A rating from 1 to 10; one outside, or out of another number than 10, is none. */
    public static OptionalDouble rating(String reply) {
        String text = plain(reply);
        Optional<Double> rating = lastNumber(BRACKETED_NUMBER, text)
                .or(() -> json(text, NUMBER_FIELDS)
                        .map(node -> BARE_NUMBER.matcher(node.asText()))
                        .filter(Matcher::matches)
                        .map(JudgeReply::number))
                .or(() -> lastNumber(NAMED_NUMBER, text))
                .or(() -> bare(BARE_NUMBER, text).map(JudgeReply::number));
        return rating.filter(number -> number >= LEAST && number <= MOST)
                .map(OptionalDouble::of)
                .orElseGet(OptionalDouble::empty);
    }

    /** The end of a reply in small letters and without the marks of Markdown. */
    private static String plain(String reply) {
        String end = reply.substring(Math.max(0, reply.length() - LOOKED_AT));
        return end.toLowerCase(Locale.ROOT).replace("*", "").replace("`", "");
    }

    private static Optional<String> last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(new BoundedText(text));
        Optional<String> found = Optional.empty();
        while (matcher.find()) {
            found = Optional.of(matcher.group(1));
        }
        return found;
    }

    private static Optional<Double> lastNumber(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(new BoundedText(text));
        Optional<Double> found = Optional.empty();
        while (matcher.find()) {
            found = Optional.of(number(matcher));
        }
        return found;
    }

    private static Optional<Matcher> bare(Pattern pattern, String text) {
        return Optional.of(text)
                .filter(whole -> whole.length() <= BARE)
                .map(pattern::matcher)
                .filter(Matcher::matches);
    }

    /** NaN where it is out of another number than 10. */
    private static double number(Matcher matcher) {
        boolean second = matcher.group(1) == null;
        String written = matcher.group(second ? 3 : 1);
        String outOf = matcher.group(second ? 4 : 2);
        return outOf == null || outOf.equals("10") ? Double.parseDouble(written) : Double.NaN;
    }

    private static Verdict side(String side) {
        return switch (side) {
            case "a", "1" -> Verdict.FIRST;
            case "b", "2" -> Verdict.SECOND;
            default -> Verdict.TIE;
        };
    }

    /** A field of the JSON object that ends last in a text. */
    private static Optional<JsonNode> json(String text, List<String> fields) {
        int end = text.lastIndexOf('}');
        int tries = 0;
        for (int start = text.lastIndexOf('{', end);
                start >= 0 && tries < 20;
                start = text.lastIndexOf('{', start - 1)) {
            tries++;
            JsonNode object = parsed(text.substring(start, end + 1));
            for (String field : fields) {
                JsonNode value = object.path(field);
                if (value.isValueNode() && !value.isNull()) {
                    return Optional.of(value);
                }
            }
        }
        return Optional.empty();
    }

    /** A missing node where it is no JSON; perhaps an outer object begins further left. */
    private static JsonNode parsed(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }
}
