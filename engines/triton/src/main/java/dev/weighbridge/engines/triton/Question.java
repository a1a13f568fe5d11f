package dev.weighbridge.engines.triton;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One request to a model.
 *
 * @param fields all that it says, by name: texts, truth values, whole numbers, others, and lists of texts
 * @param inputs those of them that are tensors of the model
 * @param parameters the rest, which the server hands to the model beside its tensors
 */
record Question(Map<String, Object> fields, List<InputTensor> inputs, Map<String, Object> parameters) {
    Question {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        inputs = List.copyOf(inputs);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** Fields as the tensors and parameters of a model, as Triton's generate extension takes them apart. */
    static Question of(ModelDescription model, Map<String, Object> fields) {
        List<InputTensor> inputs = new ArrayList<>();
        Map<String, Object> parameters = new LinkedHashMap<>();
        fields.forEach((name, value) -> model.input(name)
                .ifPresentOrElse(
                        tensor -> inputs.add(InputTensor.of(tensor, value)), () -> parameters.put(name, value)));
        return new Question(fields, inputs, parameters);
    }
}
