package dev.weighbridge.encoder;

/** A text encoder that cannot be used, or could not read a text; the message says why and what to do. */
public final class EncoderException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public EncoderException(String message) {
        super(message);
    }

    public EncoderException(String message, Throwable cause) {
        super(message, cause);
    }
}
