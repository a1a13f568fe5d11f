package dev.weighbridge.inference.family;

import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.WeightView;
import java.util.Set;
import java.util.function.Function;

/**
 * A model as its configuration describes it.
 *
 * @param definition of the decoder
 * @param views where each role that the definition has lies in the checkpoint; asked for no other role
 * @param prefix that names of tensors may lack, for checkpoints that were saved from the model without its head; may be empty
 * @param unread endings of tensor names that a checkpoint may hold though nothing reads them, such as masks saved along
 */
public record Description(Definition definition, Function<Role, WeightView> views, String prefix, Set<String> unread) {
    public Description {
        unread = Set.copyOf(unread);
    }

    /** A model whose checkpoint holds its weights and nothing else. */
    public Description(Definition definition, Function<Role, WeightView> views, String prefix) {
        this(definition, views, prefix, Set.of());
    }
}
