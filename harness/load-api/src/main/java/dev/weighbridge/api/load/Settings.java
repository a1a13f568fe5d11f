package dev.weighbridge.api.load;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a scenario or study file, read strictly: a key that is asked for and absent takes its standard or is reported, one
 * that nobody asks for is reported too. What is wrong is collected, so that a user sees all of it at once; a method then returns
 * a value that is within its bounds.
 */
public interface Settings {
    /** Whether the key is there. */
    boolean has(String key);

    /**
     * A number.
     *
     * @param standard or {@code null} when the key is required
     */
    double number(String key, @Nullable Double standard, double least, double most);

    /** A whole number. */
    int whole(String key, @Nullable Integer standard, int least, int most);

    /** A time such as {@code 30s}; 0 or longer. */
    Duration duration(String key, @Nullable Duration standard);

    /** A time longer than 0. */
    Duration positiveDuration(String key, @Nullable Duration standard);

    /** A word or text. */
    String text(String key, @Nullable String standard);

    /** {@code true} or {@code false}. */
    boolean flag(String key, boolean standard);

    /** A file, relative to the file that is read. */
    Path file(String key);

    /** A nested mapping; an absent one reads as empty. */
    Settings section(String key);

    /** A list of numbers within bounds; an absent one is reported. */
    List<Double> numbers(String key, double least, double most);

    /**
     * Something that is made from a nested mapping.
     *
     * @param make an {@link IllegalArgumentException} of it is reported with the key's place
     * @param whenWrong taken then
     */
    <E> E value(String key, Function<Settings, E> make, E whenWrong);

    /**
     * A list of things that are each made from a nested mapping; an absent one is empty.
     *
     * @param make an {@link IllegalArgumentException} of it is reported with the entry's place
     */
    <E> List<E> values(String key, Function<Settings, E> make);

    /** Whether the key is there with a nested mapping, not with a single value. */
    boolean hasMapping(String key);

    /** Reports what is wrong with a key. */
    void problem(String key, String text);
}
