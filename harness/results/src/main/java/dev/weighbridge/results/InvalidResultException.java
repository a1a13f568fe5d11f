package dev.weighbridge.results;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
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

    /** Whether an interrupt of the thread cut the writing or reading short: nothing is wrong with the file or the disk. */
    public boolean interrupted() {
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedIOException) {
                return true;
            }
        }
        return false;
    }
}
