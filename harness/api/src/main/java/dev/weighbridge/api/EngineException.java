package dev.weighbridge.api;

import org.jspecify.annotations.Nullable;

/** An engine failed, refused or could not be started. */
public class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, for exit codes and verdicts. */
    public enum Category {
        /** The engine or a library it needs is not here. */
        UNAVAILABLE,
        /** The checkpoint is missing, corrupt or of an architecture that is not supported. */
        BAD_MODEL,
        /** The request is out of the engine's limits. */
        BAD_REQUEST,
        /** The engine has ended for good, or its process has. */
        CRASHED,
        /** It did not answer in time. */
        TIMED_OUT,
        /** Anything else inside the engine. */
        FAILED
    }

    private final Category category;

    public EngineException(Category category, String message) {
        this(category, message, null);
    }

    public EngineException(Category category, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
    }

    public Category category() {
        return category;
    }
}
