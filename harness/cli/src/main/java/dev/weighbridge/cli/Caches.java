package dev.weighbridge.cli;

import java.nio.file.Path;

/** Where compiled artifacts are kept between runs. */
final class Caches {
    private Caches() {}

    /** {@code WEIGHBRIDGE_CACHE}, else {@code ~/.cache/weighbridge}. */
    static Path artifacts() {
        String chosen = System.getenv("WEIGHBRIDGE_CACHE");
        return chosen == null || chosen.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "weighbridge")
                : Path.of(chosen);
    }
}
