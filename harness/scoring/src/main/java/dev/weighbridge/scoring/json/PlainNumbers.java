package dev.weighbridge.scoring.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.scoring.ScoringException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;

/**
 * Numbers as JSON Schema compares them: 1, 1.0 and 1e0 are one number and a whole one, which a tree that keeps how they were written
 * does not see within {@code const} and {@code enum}.
 */
final class PlainNumbers {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PlainNumbers() {}

    /**
     * A copy with each number in its one form.
     *
     * @param whole whether a number without a fraction is whole however it was written; not so in draft 4
     */
    static JsonNode of(JsonNode node, boolean whole) {
        if (node.isObject()) {
            ObjectNode copy = NODES.objectNode();
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                copy.set(property.getKey(), of(property.getValue(), whole));
            }
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = NODES.arrayNode(node.size());
            node.forEach(element -> copy.add(of(element, whole)));
            return copy;
        }
        return node.isNumber() ? number(node, whole) : node;
    }

    private static JsonNode number(JsonNode node, boolean whole) {
        if (node.isIntegralNumber()) {
            return integer(node.bigIntegerValue());
        }
        if ((node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue())) {
            throw new ScoringException("JSON has no number " + node.doubleValue());
        }
        BigDecimal number = node.decimalValue().stripTrailingZeros();
        if (whole && number.scale() <= 0) {
            return integer(number.toBigInteger());
        }
        return NODES.numberNode(number);
    }

    private static JsonNode integer(BigInteger number) {
        if (number.bitLength() < Integer.SIZE) {
            return NODES.numberNode(number.intValue());
        }
        return number.bitLength() < Long.SIZE ? NODES.numberNode(number.longValue()) : NODES.numberNode(number);
    }
}
