package dev.weighbridge.inference.shape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The shapes that are known: facts of published configurations, each with its source, in {@code shapes.json}. */
public final class Shapes {
    private static final List<Shape> KNOWN = read();

    private Shapes() {}

    /** All of them, published models first. */
    public static List<Shape> all() {
        return KNOWN;
    }

    /**
     * The shape of that name.
     *
     * @throws IllegalArgumentException with the names there are
     */
    public static Shape named(String name) {
        return KNOWN.stream()
                .filter(shape -> shape.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("shape '" + name + "' does not exist. Use one of: "
                        + String.join(", ", KNOWN.stream().map(Shape::name).toList())));
    }

    private static List<Shape> read() {
        try (InputStream in = Shapes.class.getResourceAsStream("shapes.json")) {
            if (in == null) {
                throw new IllegalStateException("shapes.json is not on the class path; rebuild the project");
            }
            List<Shape> shapes = new ArrayList<>();
            JsonNode known = new ObjectMapper().readTree(in);
            known.properties().forEach(entry -> shapes.add(shape(entry.getKey(), entry.getValue())));
            return List.copyOf(shapes);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("shapes.json is damaged; rebuild the project", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Shape shape(String name, JsonNode facts) {
        return new Shape(
                name, facts.path("about").asText(), facts.path("source").asText(), (ObjectNode) facts.path("config"));
    }
}
