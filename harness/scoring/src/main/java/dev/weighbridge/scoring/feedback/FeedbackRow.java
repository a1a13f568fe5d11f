package dev.weighbridge.scoring.feedback;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * One row of a log, a JSON object or a line of a table: {@code request} (or {@code request_id} or {@code prompt}), {@code variant} (or {@code model}),
 * and where the user said something {@code thumbs} ({@code up} or {@code down}, true or false, 1 or −1 or 0), {@code rating} (a
 * whole number from 1 to 5), and {@code edited}, the text that the user made of {@code answer}. Other fields are passed over; a
 * field that is null is one that is absent.
 *
 * @param request its id, or its prompt where it has none
 * @param variant model or variant that answered
 * @param thumbs whether up
 * @param rating from 1 to 5
 * @param edit share of the answer that the user changed
 */
record FeedbackRow(
        String request, String variant, Optional<Boolean> thumbs, OptionalDouble rating, OptionalDouble edit) {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[0-9]{1,6}");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(50)
                            .maxNumberLength(100)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Why a row cannot be used. */
    static final class BrokenRowException extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenRowException(String reason) {
            super(reason);
        }

        /** In a few words, the same for all rows with the same fault. */
        String reason() {
            return String.valueOf(getMessage());
        }
    }

    static FeedbackRow parse(String line) throws BrokenRowException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BrokenRowException("no JSON");
        }
        if (!row.isObject()) {
            throw new BrokenRowException("no JSON object");
        }
        return of(row);
    }

    /** The row of a table's cells by heading; an empty cell is absent. */
    static FeedbackRow of(Map<String, String> cells) throws BrokenRowException {
        ObjectNode row = JSON.createObjectNode();
        for (Map.Entry<String, String> cell : cells.entrySet()) {
            String text = cell.getValue();
            if (!text.isEmpty()) {
                boolean number = cell.getKey().equals("rating")
                        && WHOLE_NUMBER.matcher(text).matches();
                row.set(cell.getKey(), number ? IntNode.valueOf(Integer.parseInt(text)) : TextNode.valueOf(text));
            }
        }
        return of(row);
    }

    private static FeedbackRow of(JsonNode row) throws BrokenRowException {
        return new FeedbackRow(
                text(row, List.of("request", "request_id", "prompt")),
                text(row, List.of("variant", "model")),
                thumbs(row.path("thumbs")),
                rating(row.path("rating")),
                edit(row));
    }

    private static boolean absent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    private static String text(JsonNode row, List<String> names) throws BrokenRowException {
        for (String name : names) {
            JsonNode value = row.path(name);
            if (value.isIntegralNumber()
                    || (value.isTextual() && !value.asText().isBlank())) {
                return value.asText();
            }
            if (!absent(value)) {
                throw new BrokenRowException("field " + name + " has no text");
            }
        }
        throw new BrokenRowException("no field " + String.join(" or ", names));
    }

    private static Optional<Boolean> thumbs(JsonNode value) throws BrokenRowException {
        if (absent(value)) {
            return Optional.empty();
        }
        return switch (value.asText()) {
            case "up", "true", "1" -> Optional.of(true);
            case "down", "false", "-1", "0" -> Optional.of(false);
            default -> throw new BrokenRowException("thumbs neither up nor down");
        };
    }

    private static OptionalDouble rating(JsonNode value) throws BrokenRowException {
        if (absent(value)) {
            return OptionalDouble.empty();
        }
        double rating = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(rating >= 1 && rating <= 5 && rating == Math.rint(rating))) {
            throw new BrokenRowException("rating not from 1 to 5");
        }
        return OptionalDouble.of(rating);
    }

    private static OptionalDouble edit(JsonNode row) throws BrokenRowException {
        JsonNode edited = row.path("edited");
        JsonNode answer = row.path("answer");
        if (absent(edited)) {
            return OptionalDouble.empty();
        }
        if (!edited.isTextual() || !answer.isTextual()) {
            throw new BrokenRowException("edited text without the text of the answer");
        }
        OptionalDouble edit = EditDistance.of(answer.asText(), edited.asText());
        if (edit.isEmpty()) {
            throw new BrokenRowException("edited text or answer of more than " + EditDistance.MOST_WORDS + " words");
        }
        return edit;
    }
}
