package dev.weighbridge.gateway.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a configuration while it is read: each key is asked for, and what is left over at the end is refused. Scalars may
 * be texts, as a study file gives them, or the values that a reader of JSON or YAML made of them.
 */
final class Mapping {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m)");

    private final String path;
    private final Map<?, ?> entries;
    private final Set<String> known = new LinkedHashSet<>();

    private Mapping(String path, Map<?, ?> entries) {
        this.path = path;
        this.entries = entries;
    }

    static Mapping of(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Mapping(path, map);
        }
        throw new IllegalArgumentException(path + " must be a mapping of keys to values, got: " + shown(value));
    }

    String path() {
        return path;
    }

    boolean has(String key) {
        return take(key) != null;
    }

    String text(String key) {
        return scalar(key, require(key));
    }

    String text(String key, String standard) {
        Object value = take(key);
        return value == null ? standard : scalar(key, value);
    }

    int whole(String key, int standard, int least, int most) {
        String text = text(key, Integer.toString(standard));
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of bounds is.
        }
        throw wrong(key, "must be a whole number from " + least + " to " + most, text);
    }

    double number(String key, double standard, double least, double most) {
        String text = text(key, Double.toString(standard));
        try {
            double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, as a number out of bounds is.
        }
        throw wrong(key, "must be a number from " + least + " to " + most, text);
    }

    /** Scalars; one stands for a list of one. */
    List<String> list(String key) {
        Object given = require(key);
        List<String> values = new ArrayList<>();
        for (Object item : given instanceof List<?> list ? list : List.of(given)) {
            values.add(scalar(key, item));
        }
        return values;
    }

    Duration duration(String key, Duration standard, Duration most) {
        if (!has(key)) {
            return standard;
        }
        String text = text(key);
        Matcher matcher = DURATION.matcher(text.strip());
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration value = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
            if (!value.isZero() && value.compareTo(most) <= 0) {
                return value;
            }
        }
        throw wrong(
                key,
                "must be a duration such as 500ms or 2s, longer than 0 and at most " + most.toSeconds() + "s",
                text);
    }

    /** One of several things by its name. */
    <E> E choice(String key, @Nullable E standard, List<E> all, Function<E, String> name) {
        if (standard != null && !has(key)) {
            return standard;
        }
        return choice(key, text(key), all, name);
    }

    /** Several things by their names; all of them where the key is absent. */
    <E> Set<E> choices(String key, List<E> all, Function<E, String> name) {
        if (!has(key)) {
            return new LinkedHashSet<>(all);
        }
        Set<E> values = new LinkedHashSet<>();
        Object given = require(key);
        for (Object item : given instanceof List<?> list ? list : List.of(given)) {
            values.add(choice(key, scalar(key, item), all, name));
        }
        return values;
    }

    /** All entries of a nested mapping with free keys. */
    Map<String, String> texts(String key) {
        Map<String, String> values = new LinkedHashMap<>();
        of(at(key), require(key))
                .entries
                .forEach((name, value) -> values.put(String.valueOf(name), scalar(key + "." + shown(name), value)));
        return values;
    }

    /** A list of mappings. */
    List<Mapping> mappings(String key) {
        Object value = require(key);
        if (!(value instanceof List<?> list)) {
            throw wrong(key, "must be a list", value);
        }
        return java.util.stream.IntStream.range(0, list.size())
                .mapToObj(i -> of(at(key) + "[" + i + "]", list.get(i)))
                .toList();
    }

    /** Refuses every key that nobody asked for. */
    void end() {
        for (Object key : entries.keySet()) {
            if (!(key instanceof String name) || !known.contains(name)) {
                throw new IllegalArgumentException(
                        at(shown(key)) + ": unknown key. Known here: " + String.join(", ", known));
            }
        }
    }

    IllegalArgumentException wrong(String key, String must, @Nullable Object value) {
        return new IllegalArgumentException(at(key) + " " + must + ", got: " + shown(value));
    }

    private <E> E choice(String key, String text, List<E> all, Function<E, String> name) {
        return all.stream()
                .filter(value -> name.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> wrong(
                        key,
                        "must be one of "
                                + String.join(", ", all.stream().map(name).toList()),
                        text));
    }

    private Object require(String key) {
        Object value = take(key);
        if (value == null) {
            throw new IllegalArgumentException(at(key) + " is missing");
        }
        return value;
    }

    private @Nullable Object take(String key) {
        known.add(key);
        return entries.get(key);
    }

    private String scalar(String key, @Nullable Object value) {
        if (value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        throw wrong(key, "must be a single value", value);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
