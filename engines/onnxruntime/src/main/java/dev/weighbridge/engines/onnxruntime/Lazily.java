package dev.weighbridge.engines.onnxruntime;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is computed when it is first asked for, and once. */
final class Lazily<T> {
    private final Supplier<T> computation;
    private @Nullable T value;

    Lazily(Supplier<T> computation) {
        this.computation = computation;
    }

    T get() {
        T result = value;
        if (result == null) {
            result = computation.get();
            value = result;
        }
        return result;
    }
}
