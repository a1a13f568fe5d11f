package dev.weighbridge.inference.checkpoint;

import dev.weighbridge.api.EngineException;
import org.jspecify.annotations.Nullable;

/** Makes the errors that a checkpoint's files give cause to. */
final class BadModel {
    private BadModel() {}

    static EngineException because(String message) {
        return because(message, null);
    }

    static EngineException because(String message, @Nullable Throwable cause) {
        return new EngineException(EngineException.Category.BAD_MODEL, message, cause);
    }
}
