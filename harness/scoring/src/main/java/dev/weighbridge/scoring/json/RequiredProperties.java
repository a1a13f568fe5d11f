package dev.weighbridge.scoring.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * How many of the properties are there that a schema requires: those of {@code required} at the root and of every object that the
 * document has where {@code properties} or {@code items} lead, through {@code $ref} within the schema. A missing object counts as
 * one missing property, whatever it would have had to hold; combined schemas ({@code allOf}, {@code if} and so on) are not looked
 * into.
 */
final class RequiredProperties {
    private static final int MOST_REFERENCES = 32;

    private final JsonNode root;
    private long present;
    private long required;

    RequiredProperties(JsonNode root) {
        this.root = root;
    }

    /** From 0 to 1; 1 where nothing is required. */
    double share(JsonNode document) {
        walk(root, document);
        return required == 0 ? 1 : (double) present / required;
    }

    /** Goes no deeper than the document, whose depth is bounded. */
    private void walk(JsonNode found, JsonNode value) {
        JsonNode schema = resolved(found);
        for (JsonNode name : schema.path("required")) {
            required++;
            present += value.isObject() && value.has(name.asText()) ? 1 : 0;
        }
        if (value.isObject()) {
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                JsonNode inner = value.get(property.getKey());
                if (inner != null) {
                    walk(property.getValue(), inner);
                }
            }
        }
        JsonNode items = schema.path("items");
        if (value.isArray() && items.isObject()) {
            value.forEach(element -> walk(items, element));
        }
    }

    private JsonNode resolved(JsonNode found) {
        JsonNode schema = found;
        for (int i = 0; i < MOST_REFERENCES && schema.path("$ref").isTextual(); i++) {
            String reference = schema.get("$ref").asText();
            if (!reference.equals("#") && !reference.startsWith("#/")) {
                break;
            }
            schema = root.at(reference.substring(1));
        }
        return schema;
    }
}
