package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.openai.PlainText;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which tensor of a model is which part of a generation.
 *
 * @param model that has them
 * @param found those that it has
 */
record Tensors(ModelDescription model, Map<Field, Tensor> found) {
    Tensors {
        found = Collections.unmodifiableMap(new EnumMap<>(found));
    }

    /**
     * Finds them by the names that were given, or the usual ones.
     *
     * @throws EngineException of category BAD_REQUEST, with what the model has, where it has none of a name that was given, or not what
     *     every generation needs
     */
    static Tensors of(ModelDescription model, Map<Field, String> names) {
        Map<Field, Tensor> found = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            find(model, field, names).ifPresent(tensor -> found.put(field, tensor));
        }
        Tensors tensors = new Tensors(model, found);
        tensors.requireText(Field.TEXT_INPUT);
        tensors.requireText(Field.TEXT_OUTPUT);
        boolean unlimited = TritonOptions.NONE.equals(names.get(Field.MAX_TOKENS));
        if (!unlimited && !tensors.has(Field.MAX_TOKENS) && !tensors.has(Field.SAMPLING_PARAMETERS)) {
            throw tensors.missing(
                    "no input " + Field.MAX_TOKENS.usual() + " that bounds an answer",
                    "say what it is called with the option " + Field.MAX_TOKENS.option() + ", or " + TritonOptions.NONE
                            + " where answers end by themselves");
        }
        return tensors;
    }

    private static Optional<Tensor> find(ModelDescription model, Field field, Map<Field, String> names) {
        String given = names.get(field);
        if (given == null) {
            return field.names().stream()
                    .flatMap(name -> named(model, field, name).stream())
                    .findFirst();
        }
        if (given.equals(TritonOptions.NONE)) {
            return Optional.empty();
        }
        Optional<Tensor> tensor = named(model, field, given);
        if (tensor.isEmpty()) {
            throw missing(
                    model,
                    "no " + (field.output() ? "output" : "input") + " '" + given + "'",
                    "correct the option " + field.option());
        }
        return tensor;
    }

    private static Optional<Tensor> named(ModelDescription model, Field field, String name) {
        return field.output() ? model.output(name) : model.input(name);
    }

    private void requireText(Field field) {
        Tensor tensor = found.get(field);
        String kind = field.output() ? "output" : "input";
        if (tensor == null) {
            throw missing(
                    "no " + kind + " '" + field.usual() + "'",
                    "say what it is called with the option " + field.option());
        }
        if (!tensor.datatype().equals(Tensor.TEXT)) {
            throw missing("no text in " + kind + " '" + tensor.name() + "'", "take another for " + field.option());
        }
    }

    private EngineException missing(String what, String remedy) {
        return missing(model, what, remedy);
    }

    private static EngineException missing(ModelDescription model, String what, String remedy) {
        return new EngineException(
                Category.BAD_REQUEST,
                "model '" + PlainText.bounded(model.name(), 100) + "' has " + what + ". It has " + model.told()
                        + ". If it generates text, " + remedy);
    }

    boolean has(Field field) {
        return found.containsKey(field);
    }

    /** What the model calls it, or the most usual name where it has none. */
    String name(Field field) {
        Tensor tensor = found.get(field);
        return tensor == null ? field.usual() : tensor.name();
    }

    /** Those names that are not the most usual ones, by these. */
    Map<String, String> unusual() {
        Map<String, String> unusual = new LinkedHashMap<>();
        found.forEach((field, tensor) -> {
            if (!tensor.name().equals(field.usual())) {
                unusual.put(field.usual(), tensor.name());
            }
        });
        return unusual;
    }
}
