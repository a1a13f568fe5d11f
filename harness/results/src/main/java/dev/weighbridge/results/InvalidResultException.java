package dev.weighbridge.results;

import org.jspecify.annotations.Nullable;

/** A result file is missing, damaged, or cannot be written. */
public class InvalidResultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidResultException(String message) {
        this(message, null);
    }

    public InvalidResultException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
