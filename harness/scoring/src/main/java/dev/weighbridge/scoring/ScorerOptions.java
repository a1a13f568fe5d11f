package dev.weighbridge.scoring;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Options of one scorer as a task gives them; each is read once, and what nobody reads is an error. */
public final class ScorerOptions {
    private final String scorer;
    private final Map<String, Object> values;
    private final Path folder;
    private final Set<String> known = new TreeSet<>();

    /**
     * Options by name; files are looked for in the working directory.
     *
     * @param scorer id, for messages
     */
    public ScorerOptions(String scorer, Map<String, Object> values) {
        this(scorer, values, Path.of(""));
    }

    /**
     * Options by name.
     *
     * @param scorer id, for messages
     * @param folder from which files are looked for, that of the task file
     */
    public ScorerOptions(String scorer, Map<String, Object> values, Path folder) {
        this.scorer = scorer;
        this.values = new LinkedHashMap<>(values);
        this.folder = folder;
    }

    /** From which files are looked for. */
    public Path folder() {
        return folder;
    }

    /** A yes or no. */
    public boolean flag(String name, boolean usual) {
        Object value = take(name);
        return value == null ? usual : require(name, value, Boolean.class, "true or false");
    }

    /** A text. */
    public String text(String name, String usual) {
        Object value = take(name);
        return value == null ? usual : require(name, value, String.class, "a text");
    }

    /** A whole number within bounds. */
    public int whole(String name, int usual, int least, int most) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        int number = require(name, value, Integer.class, "a whole number");
        if (number < least || number > most) {
            throw new ScoringException(
                    place(name) + " must be a whole number from " + least + " to " + most + ", got: " + number);
        }
        return number;
    }

    /** A number within bounds. */
    public double number(String name, double usual, double least, double most) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        double number = require(name, value, Number.class, "a number").doubleValue();
        if (!(number >= least && number <= most)) {
            throw new ScoringException(
                    place(name) + " must be a number from " + least + " to " + most + ", got: " + value);
        }
        return number;
    }

    /** One of a few words. */
    public String choice(String name, String usual, List<String> words) {
        String word = text(name, usual);
        if (!words.contains(word)) {
            throw new ScoringException(place(name) + " must be one of " + words + ", got: " + word);
        }
        return word;
    }

    /** A file or folder, seen from the task's folder; whether it is there is not looked at. */
    public Optional<Path> file(String name) {
        Object value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        String path = require(name, value, String.class, "the name of a file");
        try {
            return Optional.of(folder.resolve(path));
        } catch (InvalidPathException e) {
            throw new ScoringException(place(name) + " must be the name of a file, got: " + path, e);
        }
    }

    /** Texts; one text stands for a list of one. */
    public List<String> texts(String name) {
        Object value = take(name);
        if (value == null) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (Object element : value instanceof List<?> list ? list : List.of(value)) {
            texts.add(require(name, element, String.class, "a text or a list of texts"));
        }
        return texts;
    }

    /** Whole numbers; one number stands for a list of one. */
    public List<Integer> wholes(String name, List<Integer> usual) {
        Object value = take(name);
        if (value == null) {
            return usual;
        }
        List<Integer> numbers = new ArrayList<>();
        for (Object element : value instanceof List<?> list ? list : List.of(value)) {
            numbers.add(require(name, element, Integer.class, "a whole number or a list of them"));
        }
        return numbers;
    }

    /** Any value, for example a JSON schema; {@code usual} when it is absent. */
    public Object any(String name, Object usual) {
        Object value = take(name);
        return value == null ? usual : value;
    }

    /**
     * To be called when every option was read.
     *
     * @throws ScoringException when the task gives one that the scorer does not know
     */
    public void end() {
        if (!values.isEmpty()) {
            throw new ScoringException("scorer " + scorer + " has no option '"
                    + values.keySet().iterator().next() + "'. "
                    + (known.isEmpty() ? "It has none." : "It has " + known + "."));
        }
    }

    private @Nullable Object take(String name) {
        known.add(name);
        return values.remove(name);
    }

    private <T> T require(String name, Object value, Class<T> type, String wanted) {
        if (!type.isInstance(value)) {
            throw new ScoringException(place(name) + " must be " + wanted + ", got: " + value);
        }
        return type.cast(value);
    }

    private String place(String name) {
        return "option '" + name + "' of scorer " + scorer;
    }
}
