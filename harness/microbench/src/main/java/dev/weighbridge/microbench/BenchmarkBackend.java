package dev.weighbridge.microbench;

import dev.weighbridge.inference.backend.Backend;
import java.util.ServiceLoader;

/** The backends on the class path by their ids. */
final class BenchmarkBackend {
    private BenchmarkBackend() {}

    /**
     * Finds a backend.
     *
     * @throws IllegalArgumentException when there is none of that id
     */
    static Backend named(String id) {
        return ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no backend '" + id + "' on the class path"));
    }
}
