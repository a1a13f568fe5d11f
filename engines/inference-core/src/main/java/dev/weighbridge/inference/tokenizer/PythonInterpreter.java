package dev.weighbridge.inference.tokenizer;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;

/**
 * Writes values as Python does. Jinjava's own way takes a text through JSON, which leaves its control characters escaped.
 */
final class PythonInterpreter extends JinjavaInterpreter {
    private PythonInterpreter(JinjavaInterpreter original) {
        super(original);
    }

    private PythonInterpreter(Jinjava application, Context context, JinjavaConfig configuration) {
        super(application, context, configuration);
    }

    @Override
    public String getAsString(Object value) {
        if (value instanceof CharSequence) {
            return value.toString();
        }
        return value instanceof Boolean truth ? (truth ? "True" : "False") : super.getAsString(value);
    }

    static final class Factory implements InterpreterFactory {
        @Override
        public JinjavaInterpreter newInstance(JinjavaInterpreter original) {
            return new PythonInterpreter(original);
        }

        @Override
        public JinjavaInterpreter newInstance(Jinjava application, Context context, JinjavaConfig configuration) {
            return new PythonInterpreter(application, context, configuration);
        }
    }
}
