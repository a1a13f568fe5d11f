package dev.weighbridge.scoring.sandbox;

/** Thrown when the sandbox itself failed in a run, which therefore says nothing about the program. */
public final class SandboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SandboxException(String message) {
        super(message);
    }

    SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
