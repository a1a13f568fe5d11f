package dev.weighbridge.gateway.guard;

/** A guard could not judge a text: its server did not answer, or its expression did not come to an end. */
public final class GuardException extends RuntimeException {
    public GuardException(String message) {
        super(message);
    }

    public GuardException(String message, Throwable cause) {
        super(message, cause);
    }
}
