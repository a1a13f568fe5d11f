package dev.weighbridge.inference.model;

import dev.weighbridge.api.EngineException;
import org.jspecify.annotations.Nullable;

/** Makes the errors that a checkpoint's files give cause to. */
public final class BadModel {
    private static final int LONGEST_SHOWN = 100;

    private BadModel() {}

    public static EngineException because(String message) {
        return because(message, null);
    }

    public static EngineException because(String message, @Nullable Throwable cause) {
        return new EngineException(EngineException.Category.BAD_MODEL, message, cause);
    }

    /** Text from a file, bounded and without control characters, for a message. */
    public static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > LONGEST_SHOWN ? clean.substring(0, LONGEST_SHOWN) + "…" : clean;
    }
}
