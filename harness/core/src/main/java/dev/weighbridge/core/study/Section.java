package dev.weighbridge.core.study;

import dev.weighbridge.api.load.Settings;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a study file while it is read: each key is asked for once, and what is left over at the end is unknown.
 * Problems are collected, so that a user sees all of them at once.
 */
final class Section implements Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

    private final String file;
    private final Path folder;
    private final String path;
    private final int line;
    private final Map<String, YamlNode> entries;
    private final List<String> problems;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(
            String file, Path folder, String path, int line, Map<String, YamlNode> entries, List<String> problems) {
        this.file = file;
        this.folder = folder;
        this.path = path;
        this.line = line;
        this.entries = entries;
        this.problems = problems;
    }

    /**
     * A section over a node; a node that is no mapping is a problem and reads as empty.
     *
     * @param folder that paths in it are relative to
     */
    static Section of(String file, Path folder, String path, YamlNode node, List<String> problems) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        if (node.value() instanceof Map<?, ?> map) {
            map.forEach((key, value) -> entries.put(String.valueOf(key), (YamlNode) value));
        } else {
            problems.add(file + ":" + node.line() + ": " + (path.isEmpty() ? "the file" : path)
                    + " must be a mapping of keys to values");
        }
        return new Section(file, folder, path, node.line(), entries, problems);
    }

    @Override
    public boolean has(String key) {
        known.add(key);
        return entries.containsKey(key);
    }

    /** Whether a key that may also have a single value has a mapping. */
    @Override
    public boolean hasMapping(String key) {
        YamlNode node = take(key);
        return node != null && node.value() instanceof Map;
    }

    @Override
    public String text(String key, @Nullable String standard) {
        return read(key, standard, text -> text);
    }

    <E> E read(String key, @Nullable E standard, Function<String, E> parse, E whenWrong) {
        YamlNode node = take(key);
        if (node == null) {
            if (standard == null) {
                problems.add(file + ":" + line + ": " + at(key) + " is missing");
                return whenWrong;
            }
            return standard;
        }
        return scalar(node, at(key), parse).orElse(whenWrong);
    }

    private String read(String key, @Nullable String standard, Function<String, String> parse) {
        return read(key, standard, parse, "");
    }

    @Override
    public int whole(String key, @Nullable Integer standard, int least, int most) {
        return read(
                key,
                standard,
                text -> {
                    int value = Integer.parseInt(text);
                    require(
                            value >= least && value <= most,
                            "must be between " + least + " and " + most + ", got: " + text);
                    return value;
                },
                least);
    }

    @Override
    public double number(String key, @Nullable Double standard, double least, double most) {
        return read(
                key,
                standard,
                text -> {
                    double value = Double.parseDouble(text);
                    require(
                            value >= least && value <= most,
                            "must be between " + least + " and " + most + ", got: " + text);
                    return value;
                },
                least);
    }

    @Override
    public boolean flag(String key, boolean standard) {
        return read(
                key,
                standard,
                text -> {
                    require(text.equals("true") || text.equals("false"), "must be true or false, got: " + text);
                    return text.equals("true");
                },
                standard);
    }

    @Override
    public Duration duration(String key, @Nullable Duration standard) {
        return read(key, standard, Section::parseDuration, Duration.ofSeconds(1));
    }

    @Override
    public Duration positiveDuration(String key, @Nullable Duration standard) {
        return read(
                key,
                standard,
                text -> {
                    Duration value = parseDuration(text);
                    require(!value.isZero(), "must be longer than 0, got: " + text);
                    return value;
                },
                Duration.ofSeconds(1));
    }

    /** A limit above 0 that may be left out. */
    @Nullable
    Double optionalMillis(String key) {
        return has(key) ? (double) positiveDuration(key, Duration.ZERO).toNanos() / 1e6 : null;
    }

    /** A nested mapping; an absent one reads as empty. */
    @Override
    public Section section(String key) {
        YamlNode node = take(key);
        return node == null
                ? new Section(file, folder, at(key), line, new LinkedHashMap<>(), problems)
                : of(file, folder, at(key), node, problems);
    }

    /**
     * A nested mapping that is one value. Entries that do not go together, which {@code read} tells by an
     * {@link IllegalArgumentException}, are a problem only where each of them is good.
     */
    @Override
    public <E> E value(String key, Function<Settings, E> read, E whenWrong) {
        Section section = section(key);
        if (!hasMapping(key)) {
            return whenWrong;
        }
        int before = problems.size();
        E value = whenWrong;
        String wrong = null;
        try {
            value = read.apply(section);
        } catch (IllegalArgumentException e) {
            wrong = e.getMessage();
        }
        section.end();
        if (wrong != null && problems.size() == before) {
            problem(key, wrong);
        }
        return value;
    }

    /** A list of scalars, or one scalar alone. */
    <E> List<E> list(String key, @Nullable List<E> standard, Function<String, E> parse) {
        List<E> values = new ArrayList<>();
        YamlNode node = take(key);
        if (node == null) {
            if (standard == null) {
                problems.add(file + ":" + line + ": " + at(key) + " is missing");
                return List.of();
            }
            return standard;
        }
        for (YamlNode item : items(node)) {
            scalar(item, at(key), parse).ifPresent(values::add);
        }
        if (values.isEmpty() && problems.isEmpty()) {
            problems.add(file + ":" + node.line() + ": " + at(key) + " must have at least one entry");
        }
        return values;
    }

    /** A list of mappings, or of scalars where {@code scalar} says how such a one reads. */
    <E> List<E> sections(String key, Function<Section, E> read, @Nullable Function<String, E> scalar) {
        List<E> values = new ArrayList<>();
        YamlNode node = take(key);
        if (node == null) {
            return values;
        }
        List<YamlNode> items = items(node);
        for (int i = 0; i < items.size(); i++) {
            YamlNode item = items.get(i);
            String where = at(key) + "[" + i + "]";
            if (scalar != null && item.value() instanceof String) {
                scalar(item, where, scalar).ifPresent(values::add);
            } else {
                Section section = of(file, folder, where, item, problems);
                try {
                    values.add(read.apply(section));
                } catch (IllegalArgumentException e) {
                    problems.add(file + ":" + item.line() + ": " + where + " " + e.getMessage());
                }
                section.end();
            }
        }
        return values;
    }

    @Override
    public <E> List<E> values(String key, Function<Settings, E> make) {
        return sections(key, make::apply, null);
    }

    @Override
    public List<Double> numbers(String key, double least, double most) {
        return list(key, null, text -> {
            double value = Double.parseDouble(text);
            require(value >= least && value <= most, "must be between " + least + " and " + most + ", got: " + text);
            return value;
        });
    }

    @Override
    public Path file(String key) {
        return folder.resolve(text(key, null)).normalize();
    }

    /** All keys, for a mapping with free ones. */
    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    /** All entries as numbers by key, for a mapping with free keys. */
    Map<String, Double> numbers() {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String key : List.copyOf(entries.keySet())) {
            values.put(key, number(key, null, 0, Double.MAX_VALUE));
        }
        return values;
    }

    /** Reports entries of a list that are called alike: nothing later could tell them apart. */
    <E> void distinct(String key, List<E> entries, Function<E, String> name, String remedy) {
        Set<String> seen = new LinkedHashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        for (E entry : entries) {
            if (!seen.add(name.apply(entry))) {
                twice.add(name.apply(entry));
            }
        }
        twice.forEach(text -> problem(key, "names '" + text + "' more than once. " + remedy));
    }

    @Override
    public void problem(String key, String message) {
        YamlNode node = entries.get(key);
        problems.add(file + ":" + (node == null ? line : node.line()) + ": " + at(key) + " " + message);
    }

    /** Reports every key that nobody asked for. */
    void end() {
        entries.forEach((key, node) -> {
            if (!known.contains(key)) {
                String nearest = nearest(key);
                problems.add(file + ":" + node.line() + ": " + at(key) + ": unknown key. "
                        + (nearest == null
                                ? "Known here: " + String.join(", ", known)
                                : "Did you mean '" + nearest + "'?"));
            }
        });
    }

    static Duration parseDuration(String text) {
        Matcher matcher = DURATION.matcher(text.strip());
        require(matcher.matches(), "must be a duration such as 200ms, 3s or 1m, got: " + text);
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private <E> Optional<E> scalar(YamlNode node, String where, Function<String, E> parse) {
        if (!(node.value() instanceof String text)) {
            problems.add(file + ":" + node.line() + ": " + where + " must be a single value");
            return Optional.empty();
        }
        try {
            return Optional.of(parse.apply(text));
        } catch (NumberFormatException e) {
            problems.add(file + ":" + node.line() + ": " + where + " must be a number, got: " + bounded(text));
        } catch (IllegalArgumentException | DateTimeException e) {
            problems.add(file + ":" + node.line() + ": " + where + ": " + e.getMessage());
        }
        return Optional.empty();
    }

    private @Nullable YamlNode take(String key) {
        known.add(key);
        return entries.get(key);
    }

    private static List<YamlNode> items(YamlNode node) {
        if (node.value() instanceof List<?> list) {
            return list.stream().map(YamlNode.class::cast).toList();
        }
        return List.of(node);
    }

    private String at(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private @Nullable String nearest(String key) {
        String best = null;
        int bestDistance = Math.max(2, key.length() / 3) + 1;
        for (String candidate : known) {
            boolean begins =
                    candidate.replace("-", "").startsWith(key.replace("-", "").toLowerCase(java.util.Locale.ROOT));
            int distance = begins && key.length() > 3 ? 1 : distance(key, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /** Levenshtein distance. */
    private static int distance(String left, String right) {
        int[] previous = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int[] current = new int[right.length() + 1];
            current[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int substitution = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[right.length()];
    }

    private static String bounded(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }
}
