package dev.weighbridge.inference.server;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Exit codes of an engine process whose engine failed after it had served; no other end of it has them. */
public enum FailedEngineExit {
    /** The engine failed. */
    ENGINE_FAILED(10),
    /** The Java runtime was out of memory. */
    OUT_OF_MEMORY(11);

    private static final long MEBIBYTE = 1 << 20;

    private final int code;

    FailedEngineExit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** The one that a process ended with, if any. */
    public static Optional<FailedEngineExit> ofCode(int code) {
        for (FailedEngineExit exit : values()) {
            if (exit.code == code) {
                return Optional.of(exit);
            }
        }
        return Optional.empty();
    }

    /** The one for a failure, by its causes. */
    static FailedEngineExit of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OutOfMemoryError) {
                return OUT_OF_MEMORY;
            }
        }
        return ENGINE_FAILED;
    }

    /** One line on what failed and, where memory did, how to give more. */
    String message(@Nullable String failure) {
        String line = String.valueOf(failure).lines().findFirst().orElse("");
        return switch (this) {
            case ENGINE_FAILED -> line;
            case OUT_OF_MEMORY ->
                line + ". The Java heap of the engine's process holds at most "
                        + Runtime.getRuntime().maxMemory() / MEBIBYTE
                        + " MiB. Give it more, for example with WEIGHBRIDGE_ENGINE_JAVA_OPTS=-Xmx2g";
        };
    }
}
