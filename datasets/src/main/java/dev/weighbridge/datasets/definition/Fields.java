package dev.weighbridge.datasets.definition;

import dev.weighbridge.datasets.DataException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields of a task file; each is read once, and what nobody reads is an error that says what was probably meant. */
final class Fields {
    private final String where;
    private final Map<String, @Nullable Object> values;
    private final Set<String> known = new TreeSet<>();

    /**
     * Fields by name.
     *
     * @param where they stand, for messages
     */
    Fields(String where, Map<String, @Nullable Object> values) {
        this.where = where;
        this.values = new LinkedHashMap<>(values);
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    /** A text; {@code usual} when it is absent. */
    String text(String name, String usual) {
        Object value = take(name);
        return value == null ? usual : asText(name, value);
    }

    /** A text that must be there. */
    String text(String name) {
        if (!has(name)) {
            throw new DataException(where + " has no '" + name + "'. Add one.");
        }
        return text(name, "");
    }

    int whole(String name, int usual, int least, int most) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        if (!(value instanceof Integer number) || number < least || number > most) {
            throw problem(name, "a whole number from " + least + " to " + most, value);
        }
        return number;
    }

    double number(String name, double usual, double least, double most) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        if (!(value instanceof Number number) || !(number.doubleValue() >= least && number.doubleValue() <= most)) {
            throw problem(name, "a number from " + least + " to " + most, value);
        }
        return number.doubleValue();
    }

    /** Texts; one text stands for a list of one. */
    List<String> texts(String name, List<String> usual) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        List<String> texts = new ArrayList<>();
        for (Object element : value instanceof List<?> list ? list : List.of(value)) {
            texts.add(asText(name, element));
        }
        return texts;
    }

    @Nullable
    Object any(String name) {
        return take(name);
    }

    /** Fields of their own below this one; none when it is absent. */
    Fields section(String name) {
        Object value = take(name);
        if (value != null && !(value instanceof Map<?, ?>)) {
            throw problem(name, "fields of its own", value);
        }
        return new Fields(where + " " + name, value == null ? Map.of() : map(value));
    }

    /** A JSON object as fields. */
    static Map<String, @Nullable Object> map(Object value) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        ((Map<?, ?>) value).forEach((key, element) -> fields.put(String.valueOf(key), element));
        return fields;
    }

    DataException problem(String name, String wanted, @Nullable Object value) {
        return new DataException(where + ": '" + name + "' must be " + wanted + ", got: " + value);
    }

    /**
     * To be called when every field was read.
     *
     * @throws DataException when the file has one that no task has
     */
    void end() {
        if (!values.isEmpty()) {
            String unknown = values.keySet().iterator().next();
            String nearest = known.stream()
                    .min(Comparator.comparingInt(name -> distance(unknown, name)))
                    .filter(name -> distance(unknown, name) <= 3)
                    .map(name -> " Did you mean '" + name + "'?")
                    .orElse(" It can have " + known + ".");
            throw new DataException(where + " has a field '" + unknown + "' that is not known." + nearest);
        }
    }

    private @Nullable Object take(String name) {
        known.add(name);
        return values.remove(name);
    }

    private String asText(String name, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        throw problem(name, "a text", value);
    }

    /** Edits from one word to the other (Levenshtein, 1966). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
