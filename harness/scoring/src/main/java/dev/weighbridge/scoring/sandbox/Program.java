package dev.weighbridge.scoring.sandbox;

import java.util.Objects;

/**
 * An untrusted program and the tests that judge it.
 *
 * <p>In Python the tests run in the program's globals after the program ran to its end. In Java the
 * program is one source file of classes in the unnamed package, and the tests are a second file with a
 * class {@code Tests} whose {@code public static void main(String[])} throws when a test fails.
 *
 * @param language the language of both texts
 * @param source what the model wrote, with whatever of the prompt belongs before it
 * @param tests what we wrote; empty where running to the end is all that is asked
 */
public record Program(Language language, String source, String tests) {

    /** Checks that nothing is missing. */
    public Program {
        Objects.requireNonNull(language, "language");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(tests, "tests");
    }

    /**
     * A program that passes when it runs to its end.
     *
     * @param language its language
     * @param source its text
     */
    public Program(Language language, String source) {
        this(language, source, "");
    }
}
