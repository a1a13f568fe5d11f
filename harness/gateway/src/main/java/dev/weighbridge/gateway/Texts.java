package dev.weighbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the texts in a tree of JSON. */
final class Texts {
    private Texts() {}

    /** One text in a tree, that can be replaced there. */
    interface Place {
        /** Where it stands: keys and numbers, with a tool call's own number rather than its place in a list. */
        String path();

        String text();

        void replace(String text);
    }

    /** Every text below a node in order, other than the values of keys that are left out. */
    static List<Place> below(JsonNode node, Set<String> leftOut) {
        List<Place> places = new ArrayList<>();
        collect(node, "", leftOut, places);
        return places;
    }

    private static void collect(JsonNode node, String path, Set<String> leftOut, List<Place> places) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String name = field.getKey();
                if (leftOut.contains(name)) {
                    continue;
                }
                if (field.getValue().isTextual()) {
                    places.add(new Field(path + "/" + name, object, name));
                } else {
                    collect(field.getValue(), path + "/" + name, leftOut, places);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode number = array.get(i).path("index");
                String at = path + "/" + (number.canConvertToInt() ? number.asInt() : i);
                if (array.get(i).isTextual()) {
                    places.add(new Element(at, array, i));
                } else {
                    collect(array.get(i), at, leftOut, places);
                }
            }
        }
    }

    /** A field of an object. */
    record Field(String path, ObjectNode parent, String name) implements Place {
        @Override
        public String text() {
            return parent.path(name).asText();
        }

        @Override
        public void replace(String text) {
            parent.set(name, TextNode.valueOf(text));
        }
    }

    /** An element of a list. */
    record Element(String path, ArrayNode parent, int index) implements Place {
        @Override
        public String text() {
            return parent.path(index).asText();
        }

        @Override
        public void replace(String text) {
            parent.set(index, TextNode.valueOf(text));
        }
    }
}
