package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Typed, bounded reading of a request's fields. A field that is absent or null has its default; fields that are not asked
 * for are ignored, since clients send many that a server may not know.
 */
final class Fields {
    private final JsonNode body;

    Fields(JsonNode body) {
        this.body = body;
    }

    boolean has(String name) {
        return body.hasNonNull(name);
    }

    JsonNode node(String name) {
        return body.path(name);
    }

    boolean flag(String name) {
        return flag(body, name, name);
    }

    /** A flag inside an object, for example {@code stream_options.include_usage}. */
    boolean flag(String object, String name) {
        return flag(body.path(object), name, object + "." + name);
    }

    int integer(String name, int fallback, int minimum, int maximum) {
        if (!has(name)) {
            return fallback;
        }
        JsonNode value = body.get(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrongType(name, "an integer", value);
        }
        int number = value.asInt();
        if (number < minimum || number > maximum) {
            throw outside(name, minimum, maximum, number);
        }
        return number;
    }

    @Nullable
    Long longInteger(String name) {
        if (!has(name)) {
            return null;
        }
        JsonNode value = body.get(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrongType(name, "an integer", value);
        }
        return value.asLong();
    }

    double number(String name, double fallback, double minimum, double maximum) {
        if (!has(name)) {
            return fallback;
        }
        JsonNode value = body.get(name);
        if (!value.isNumber()) {
            throw wrongType(name, "a number", value);
        }
        double number = value.asDouble();
        if (!(number >= minimum && number <= maximum)) {
            throw outside(name, minimum, maximum, number);
        }
        return number;
    }

    @Nullable
    String text(String name) {
        if (!has(name)) {
            return null;
        }
        JsonNode value = body.get(name);
        if (!value.isTextual()) {
            throw wrongType(name, "a string", value);
        }
        return value.asText();
    }

    /** A string, or a list of at most {@code most} strings. */
    List<String> texts(String name, int most) {
        if (!has(name)) {
            return List.of();
        }
        JsonNode value = body.get(name);
        if (value.isTextual()) {
            return List.of(value.asText());
        }
        if (!value.isArray()) {
            throw wrongType(name, "a string or a list of strings", value);
        }
        if (value.size() > most) {
            throw ApiException.invalid(name, "holds " + value.size() + " strings; at most " + most + " are taken");
        }
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw wrongType(name, "a list of strings", element);
            }
            texts.add(element.asText());
        }
        return texts;
    }

    static ApiException wrongType(String name, String wanted, JsonNode value) {
        String shown = value.toString();
        return ApiException.invalid(
                name, "must be " + wanted + ", got: " + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown));
    }

    private static ApiException outside(String name, Number minimum, Number maximum, Number value) {
        String wanted = minimum.equals(maximum) ? minimum.toString() : "between " + minimum + " and " + maximum;
        return ApiException.invalid(name, "must be " + wanted + ", got: " + value);
    }

    private static boolean flag(JsonNode object, String name, String shownName) {
        if (!object.hasNonNull(name)) {
            return false;
        }
        JsonNode value = object.get(name);
        if (!value.isBoolean()) {
            throw wrongType(shownName, "true or false", value);
        }
        return value.asBoolean();
    }
}
