package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.template.PythonLiterals;
import dev.weighbridge.datasets.template.TemplateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * MATH as Minerva was asked it: four solved problems that stand in the Python file itself, and final answers. Of its two scores
 * {@code math_verify} rests on a library that is not ported.
 */
final class MinervaMath implements PortedModule {
    private static final Pattern SOLVED = Pattern.compile(
            "^def list_fewshot_samples\\([^\\n]*:\\n\\s+return (.*?)(?=\\n\\S|\\z)",
            Pattern.MULTILINE | Pattern.DOTALL);

    @Override
    public String id() {
        return "minerva-math";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("e6b10f05b1990d3e82a4414bbf8c04a9f6b7e029c00dfe336a040ecf78acdab0", "minerva_math/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of(
                "doc_to_text",
                (PortedFunction.Value) row -> "Problem:\n" + Cells.text(row, "problem") + "\n\nSolution:",
                "process_docs",
                Cells.with(row -> Map.of("answer", boxed(Cells.text(row, "solution")))),
                "list_fewshot_samples",
                (PortedFunction.Listed) MinervaMath::solved,
                "process_results",
                new PortedFunction.Results(List.of(TaskSet.Rule.of("minerva-math")), List.of("exact_match")));
    }

    /** What the last box of a solution holds, as it stands there. */
    private static String boxed(String solution) {
        int spaced = solution.lastIndexOf("\\boxed ");
        if (spaced >= 0) {
            String after = solution.substring(spaced + "\\boxed ".length());
            int end = after.indexOf('$');
            return end < 0 ? after : after.substring(0, end);
        }
        int begin = solution.lastIndexOf("\\boxed{");
        int depth = 0;
        for (int i = Math.max(0, begin); begin >= 0 && i < solution.length(); i++) {
            depth += solution.charAt(i) == '{' ? 1 : solution.charAt(i) == '}' ? -1 : 0;
            if (depth == 0 && solution.charAt(i) == '}') {
                return solution.substring(begin + "\\boxed{".length(), i);
            }
        }
        throw new DataException("has no \\boxed{…} in column 'solution'");
    }

    /** The list that the function returns, read as a literal. */
    private static List<Map<String, @Nullable Object>> solved(String module) {
        Matcher list = SOLVED.matcher(module);
        try {
            if (list.find() && PythonLiterals.parse(list.group(1).strip()) instanceof List<?> samples) {
                List<Map<String, @Nullable Object>> rows = new ArrayList<>();
                for (Object sample : samples) {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    if (sample instanceof Map<?, ?> map) {
                        map.forEach((name, value) -> row.put(String.valueOf(name), value));
                    }
                    rows.add(row);
                }
                return rows;
            }
        } catch (TemplateException e) {
            throw new DataException("list_fewshot_samples returns no list of solved problems: " + e.getMessage(), e);
        }
        throw new DataException("list_fewshot_samples returns no list of solved problems that stands in the file");
    }
}
