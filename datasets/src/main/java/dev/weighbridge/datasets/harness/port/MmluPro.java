package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.template.PythonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** MMLU-Pro with thoughts before the answer, a task for each subject. */
final class MmluPro implements PortedModule {
    private static final int LETTERS = 10;
    private static final String BEGINNING = "Let's think step by step.";
    private static final List<String> SUBJECTS = List.of(
            "biology",
            "business",
            "chemistry",
            "computer science",
            "economics",
            "engineering",
            "health",
            "history",
            "law",
            "math",
            "other",
            "philosophy",
            "physics",
            "psychology");

    @Override
    public String id() {
        return "mmlu-pro";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("d47eae06ecf1e9535b033394de62185327a1dca977cb29049003699adeb92801", "mmlu_pro/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        Map<String, PortedFunction> functions = new HashMap<>();
        functions.put("doc_to_text", (PortedFunction.Value) MmluPro::question);
        functions.put("fewshot_to_text", (PortedFunction.Value) MmluPro::question);
        functions.put("fewshot_to_target", (PortedFunction.Value)
                row -> Cells.text(row, "cot_content").replace("A: " + BEGINNING + " ", ""));
        for (String subject : SUBJECTS) {
            functions.put("process_" + subject.replace(' ', '_'), (PortedFunction.Rows)
                    () -> row -> subject.equals(row.get("category")) ? Optional.of(row) : Optional.empty());
        }
        return functions;
    }

    private static Object question(Map<String, @Nullable Object> row) {
        StringBuilder out = new StringBuilder("Question:\n");
        out.append(Cells.text(row, "question")).append("\nOptions:\n");
        List<String> options = Cells.texts(row, "options");
        for (int i = 0; i < Math.min(LETTERS, options.size()); i++) {
            out.append((char) ('A' + i))
                    .append(". ")
                    .append(PythonText.strip(options.get(i)))
                    .append('\n');
        }
        return out.append("Answer: ").append(BEGINNING).toString();
    }
}
