package dev.weighbridge.engines.triton;

import java.util.List;

/**
 * What a server says of itself.
 *
 * @param name such as {@code triton}
 * @param version of it
 * @param extensions of the protocol that it has
 */
record ServerDescription(String name, String version, List<String> extensions) {
    ServerDescription {
        extensions = List.copyOf(extensions);
    }

    /** Whether it is Triton, whose generate extension and streams are not among the extensions that it lists. */
    boolean isTriton() {
        return name.equals("triton");
    }
}
