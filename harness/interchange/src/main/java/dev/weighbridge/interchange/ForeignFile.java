package dev.weighbridge.interchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.results.InvalidResultException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JSON file, or one with a JSON value on each line, that another program wrote: untrusted, and bounded. */
final class ForeignFile {
    /** A larger one would not fit into memory as a tree. */
    static final long MOST_BYTES = 256L << 20;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path path;
    private final List<JsonNode> values;

    private ForeignFile(Path path, List<JsonNode> values) {
        this.path = path;
        this.values = values;
    }

    /**
     * Reads a file.
     *
     * @throws InvalidResultException when it is missing, too large, or not JSON
     */
    static ForeignFile open(Path path) {
        try {
            long bytes = Files.size(path);
            if (bytes > MOST_BYTES) {
                throw new InvalidResultException(
                        path + " has " + bytes + " bytes; at most " + MOST_BYTES + " are read. Split it");
            }
            List<JsonNode> values = new ArrayList<>();
            try (MappingIterator<JsonNode> nodes =
                    JSON.readerFor(JsonNode.class).readValues(path.toFile())) {
                while (nodes.hasNextValue()) {
                    values.add(nodes.nextValue());
                }
            }
            if (values.isEmpty()) {
                throw new InvalidResultException(path + " is empty");
            }
            return new ForeignFile(path, values);
        } catch (JsonProcessingException e) {
            throw new InvalidResultException(
                    path + " is not JSON: " + e.getOriginalMessage() + " at line "
                            + (e.getLocation() == null ? 0 : e.getLocation().getLineNr()),
                    e);
        } catch (IOException e) {
            throw new InvalidResultException("cannot read " + path + ": " + e, e);
        }
    }

    /** The first value, which is all of a file that is no list of lines. */
    JsonNode first() {
        return values.get(0);
    }

    List<JsonNode> values() {
        return values;
    }

    Path path() {
        return path;
    }

    InvalidResultException invalid(String what) {
        return new InvalidResultException(path + " " + what);
    }

    /** A number that must be there and finite. */
    double number(JsonNode node, String where) {
        if (!node.isNumber() || !Double.isFinite(node.asDouble())) {
            throw invalid("has no number at " + where + ", but " + excerpt(node));
        }
        return node.asDouble();
    }

    /** A count that must be there, from 0. */
    int count(JsonNode node, String where) {
        if (!node.isIntegralNumber() || !node.canConvertToInt() || node.asInt() < 0) {
            throw invalid("has no count at " + where + ", but " + excerpt(node));
        }
        return node.asInt();
    }

    private static String excerpt(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
