package dev.weighbridge.scoring.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weighbridge.scoring.ScoringException;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON that a model wrote, by RFC 8259 with the limits on depth and numbers that its section 9 allows a parser: what is deeper
 * than {@link #DEEPEST} or holds a number of more than {@link #MOST_DIGITS} digits or an exponent beyond them is taken for no JSON.
 */
public final class JsonAnswer {
    /** Objects and arrays in each other. */
    public static final int DEEPEST = 200;

    /** Digits of a number, and most of its exponent. */
    public static final int MOST_DIGITS = 1000;

    /** Characters of an answer that is looked at. */
    public static final int LONGEST = 2_000_000;

    /** Values in an answer. */
    public static final int MOST_VALUES = 200_000;

    /** Different elements of one array with the same hash; by chance there is hardly ever a second. */
    private static final int MOST_COLLISIONS = 64;

    private static final String FENCE = "```";

    /** Strict: one document and nothing behind it, and no comments, single quotes or NaN. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(MOST_DIGITS)
                            .maxStringLength(LONGEST)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private JsonAnswer() {}

    /**
     * The JSON document that an answer is.
     *
     * @param fences whether it may stand in a Markdown code fence, with other text around it; the first fence counts
     * @return none where the answer is not JSON
     * @throws ScoringException when the answer is too large to be judged
     */
    public static Optional<JsonNode> read(String answer, boolean fences) {
        if (answer.length() > LONGEST) {
            throw new ScoringException("the answer has " + answer.length() + " characters; JSON is judged up to "
                    + LONGEST + ". Limit what the model writes.");
        }
        Optional<JsonNode> whole = parse(answer);
        return whole.isPresent() || !fences || !answer.contains(FENCE) ? whole : parse(fenced(answer));
    }

    private static Optional<JsonNode> parse(String text) {
        JsonNode node;
        try {
            node = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
        return node.isMissingNode() || !withinBounds(node) ? Optional.empty() : Optional.of(node);
    }

    /** What stands in the first fence; a fence that the end of the answer cut off ends there. */
    private static String fenced(String answer) {
        int fence = answer.indexOf(FENCE);
        int line = answer.indexOf('\n', fence);
        if (line < 0) {
            return "";
        }
        int end = answer.indexOf(FENCE, line);
        return answer.substring(line + 1, end < 0 ? answer.length() : end);
    }

    private static boolean withinBounds(JsonNode root) {
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(root);
        int values = 0;
        while (!open.isEmpty()) {
            JsonNode node = open.pop();
            if (++values > MOST_VALUES) {
                throw new ScoringException("the answer has more than " + MOST_VALUES
                        + " JSON values, more than are judged. Limit what the model writes.");
            }
            if (node.isBigDecimal()) {
                BigDecimal number = node.decimalValue();
                if (Math.abs((long) number.precision() - number.scale()) > MOST_DIGITS
                        || number.scale() > MOST_DIGITS) {
                    return false;
                }
            }
            requireFewCollisions(node);
            node.forEach(open::push);
        }
        return true;
    }

    /** The work of {@code uniqueItems} grows with the square of elements that are made to have one hash. */
    private static void requireFewCollisions(JsonNode array) {
        if (!array.isArray() || array.size() <= MOST_COLLISIONS) {
            return;
        }
        Map<Integer, List<JsonNode>> different = new HashMap<>();
        for (JsonNode element : array) {
            List<JsonNode> alike = different.computeIfAbsent(element.hashCode(), hash -> new ArrayList<>(1));
            if (!alike.contains(element)) {
                alike.add(element);
            }
            if (alike.size() > MOST_COLLISIONS) {
                throw new ScoringException("the answer has an array with more than " + MOST_COLLISIONS
                        + " different elements of one hash, which is hardly chance; it is not judged");
            }
        }
    }
}
