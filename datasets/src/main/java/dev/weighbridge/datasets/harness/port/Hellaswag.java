package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.template.PythonText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** HellaSwag: beginning and endings without the marks of WikiHow's layout. */
final class Hellaswag implements PortedModule {
    @Override
    public String id() {
        return "hellaswag";
    }

    @Override
    public Map<String, String> texts() {
        return Map.of("07d23b60b28f2a4f658dcf8440623a63fe6644854ce9b846a114dde980dc1214", "hellaswag/utils.py");
    }

    @Override
    public Map<String, PortedFunction> functions() {
        return Map.of("process_docs", Cells.with(Hellaswag::columns));
    }

    private static Map<String, Object> columns(Map<String, @Nullable Object> row) {
        String label = PythonText.strip(PythonText.of(row.get("label")));
        if (!label.matches("\\d{1,9}")) {
            throw new DataException("has no number in column 'label': " + label);
        }
        String beginning = Cells.text(row, "activity_label") + ": " + Cells.text(row, "ctx_a") + " "
                + PythonText.capitalize(Cells.text(row, "ctx_b"));
        return Map.of(
                "query",
                plain(beginning),
                "choices",
                Cells.texts(row, "endings").stream().map(Hellaswag::plain).toList(),
                "gold",
                Long.valueOf(label));
    }

    private static String plain(String text) {
        String sentences = PythonText.strip(text).replace(" [title]", ". ");
        return Brackets.removed(sentences).replace("  ", " ");
    }
}
