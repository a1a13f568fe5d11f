package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import java.util.function.Function;

/** Checks of what was given for an option; each error names the option. */
final class OptionValue {
    private OptionValue() {}

    /**
     * Reads a value.
     *
     * @throws ConfigException with the option and what the parser says
     */
    static <E> E read(String option, String text, Function<String, E> parse) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(option + ": " + e.getMessage());
        }
    }

    /**
     * A whole number within bounds.
     *
     * @throws ConfigException when it is not
     */
    static int within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ConfigException(option + " must be between " + least + " and " + most + ", got: " + value);
        }
        return value;
    }
}
