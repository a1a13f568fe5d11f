package dev.weighbridge.scoring;

/** A sample, an answer or an option that a scorer cannot work with: what, the value seen, and what to do. */
public final class ScoringException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ScoringException(String message) {
        super(message);
    }

    public ScoringException(String message, Throwable cause) {
        super(message, cause);
    }
}
