package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.util.List;

/**
 * A tensor of a request.
 *
 * @param name of it
 * @param datatype as KServe names it
 * @param shape sizes, whose product is the number of values
 * @param values texts, truth values, {@code Long} for whole numbers of any width or {@code Double} for all others
 */
record InputTensor(String name, String datatype, List<Long> shape, List<Object> values) {
    InputTensor {
        shape = List.copyOf(shape);
        values = List.copyOf(values);
    }

    /**
     * A field of a request as the tensor that the model takes it in.
     *
     * @param value one, or a list of several
     * @throws EngineException of category BAD_REQUEST when the tensor cannot hold it
     */
    static InputTensor of(Tensor tensor, Object value) {
        List<?> several = value instanceof List<?> list ? list : List.of(value);
        if (!tensor.holds(several.size())) {
            throw cannotHold(tensor, several.size() + " values");
        }
        return new InputTensor(
                tensor.name(),
                tensor.datatype(),
                tensor.shapeOf(several.size()),
                several.stream().map(one -> valueOf(tensor, one)).toList());
    }

    private static Object valueOf(Tensor tensor, Object value) {
        boolean fits = switch (tensor.datatype()) {
            case Tensor.TEXT -> value instanceof String;
            case "BOOL" -> value instanceof Boolean;
            case "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64" ->
                value instanceof Integer || value instanceof Long;
            case "FP32", "FP64" -> value instanceof Number;
            default -> false;
        };
        if (!fits) {
            throw cannotHold(tensor, value.getClass().getSimpleName() + " " + value);
        }
        if (value instanceof Number number) {
            return tensor.datatype().startsWith("FP") ? (Object) number.doubleValue() : (Object) number.longValue();
        }
        return value;
    }

    private static EngineException cannotHold(Tensor tensor, String what) {
        return new EngineException(Category.BAD_REQUEST, "input " + tensor + " of the model cannot hold " + what);
    }
}
