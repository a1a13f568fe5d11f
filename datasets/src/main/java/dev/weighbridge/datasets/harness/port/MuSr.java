package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.template.PythonLiterals;
import dev.weighbridge.datasets.template.PythonText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** MuSR: a story, a question about it and numbered choices. */
final class MuSr implements PortedModule {
    @Override
    public String id() {
        return "musr";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("9da42ec170310d8eaac3964994eb02d150e52e0f4514553e395c2a3174c25dd4", "leaderboard/musr/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "doc_to_text", (PortedFunction.Value) MuSr::question,
                "doc_to_choice", (PortedFunction.Value) MuSr::choices);
    }

    private static Object question(Map<String, @Nullable Object> row) {
        StringBuilder out = new StringBuilder();
        out.append(Cells.text(row, "narrative")).append("\n\n");
        out.append(Cells.text(row, "question")).append("\n\n");
        int number = 0;
        for (Object choice : choices(row)) {
            out.append(++number).append(" - ").append(PythonText.of(choice)).append('\n');
        }
        return out.append("\nAnswer:").toString();
    }

    private static List<?> choices(Map<String, @Nullable Object> row) {
        if (PythonLiterals.parse(Cells.text(row, "choices")) instanceof List<?> choices) {
            return choices;
        }
        throw new DataException("has no list in column 'choices': " + row.get("choices"));
    }
}
