package dev.weighbridge.inference.shape;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.family.Description;
import dev.weighbridge.inference.family.Families;
import java.nio.file.Path;
import java.util.List;

/**
 * A model without its weights.
 *
 * @param name kebab-case
 * @param about one line for people
 * @param source of the facts
 * @param config fields of {@code config.json} that the shape follows from
 */
public record Shape(String name, String about, String source, ObjectNode config) {
    public Shape {
        config = config.deepCopy();
    }

    @Override
    public ObjectNode config() {
        return config.deepCopy();
    }

    /** What {@code model_type} says. */
    public String family() {
        return config.path("model_type").asText();
    }

    /** Ids that the model has logits of. */
    public int vocabularySize() {
        return description().definition().vocabularySize();
    }

    /** Weights in all tensors of its checkpoint. */
    public long parameters() {
        return tensors().stream().mapToLong(PlannedTensor::count).sum();
    }

    /** Every tensor of its checkpoint, in the order in which a token meets them. */
    List<PlannedTensor> tensors() {
        return PlannedTensor.of(description());
    }

    private Description description() {
        return Families.describe(config, Path.of("shape " + name));
    }
}
