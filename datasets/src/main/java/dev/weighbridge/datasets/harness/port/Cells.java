package dev.weighbridge.datasets.harness.port;

import dev.weighbridge.datasets.DataException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values of a row by column, of the kind that a function needs. */
final class Cells {
    private Cells() {}

    /** A text. @throws DataException when there is none */
    static String text(Map<String, @Nullable Object> row, String column) {
        if (row.get(column) instanceof String text) {
            return text;
        }
        throw absent(row, column, "text");
    }

    /** Texts. @throws DataException when there is no list, or one of something else */
    static List<String> texts(Map<String, @Nullable Object> row, String column) {
        if (row.get(column) instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw absent(row, column, "list of texts");
    }

    private static DataException absent(Map<String, @Nullable Object> row, String column, String kind) {
        return new DataException("has no " + kind + " in column '" + column + "': " + row.get(column)
                + "; its columns are " + row.keySet());
    }

    /** Rows with further columns, each made of its row alone. */
    static PortedFunction.Rows with(Function<Map<String, @Nullable Object>, Map<String, Object>> further) {
        return () -> row -> {
            Map<String, @Nullable Object> made = new LinkedHashMap<>(row);
            made.putAll(further.apply(row));
            return Optional.of(made);
        };
    }
}
