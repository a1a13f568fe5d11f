package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.template.PythonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** WinoGrande by partial evaluation: what comes before the blank with each option, and the same ending after both. */
final class Winogrande implements PortedModule {
    @Override
    public String id() {
        return "winogrande";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of(
                "e55327629264a98f1d383fda24645b6779afb53fa0bce2150042b9416b1ae006",
                "winogrande/preprocess_winogrande.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "doc_to_text", (PortedFunction.Value) Winogrande::right,
                "doc_to_target",
                        (PortedFunction.Value)
                                row -> PythonText.strip(sentence(row).substring(blank(row) + 1)),
                "doc_to_choice", (PortedFunction.Value) row -> List.of(begun(row, "option1"), begun(row, "option2")));
    }

    private static Object right(Map<String, @Nullable Object> row) {
        return switch (Cells.text(row, "answer")) {
            case "1" -> 0L;
            case "2" -> 1L;
            default -> throw new DataException("has neither 1 nor 2 in column 'answer': '" + row.get("answer") + "'");
        };
    }

    private static String begun(Map<String, @Nullable Object> row, String option) {
        return sentence(row).substring(0, blank(row)) + Cells.text(row, option);
    }

    private static String sentence(Map<String, @Nullable Object> row) {
        return Cells.text(row, "sentence");
    }

    private static int blank(Map<String, @Nullable Object> row) {
        int blank = sentence(row).indexOf('_');
        if (blank < 0) {
            throw new DataException("has no blank, _, in its sentence: " + sentence(row));
        }
        return blank;
    }
}
