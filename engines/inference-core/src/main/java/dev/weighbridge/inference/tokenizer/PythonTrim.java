package dev.weighbridge.inference.tokenizer;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The filter {@code trim} with Python's white space, which has more than Java's. */
final class PythonTrim implements Filter {
    @Override
    public String getName() {
        return "trim";
    }

    @Override
    public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... arguments) {
        return PythonStrings.trim(Objects.toString(value, ""));
    }
}
