package dev.weighbridge.scoring.sandbox;

/** Thrown where untrusted code cannot be confined on this machine, so that it is not run at all. */
public final class SandboxUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String remedy;

    SandboxUnavailableException(String reason, String remedy) {
        super("Untrusted code is not run here: " + reason + ". " + remedy);
        this.reason = reason;
        this.remedy = remedy;
    }

    /** What is missing or was seen not to hold. */
    public String reason() {
        return reason;
    }

    /** What whoever keeps the machine can do about it. */
    public String remedy() {
        return remedy;
    }
}
