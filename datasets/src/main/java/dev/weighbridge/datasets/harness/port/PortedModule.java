package dev.weighbridge.datasets.harness.port;

import java.util.Map;

/**
 * A Python module that lies beside task files of lm-evaluation-harness, its functions written anew. A further one is a class that
 * implements this, its place in {@link PythonPorts}, and a task of {@code scripts/reference/make_harness_fixtures.py}.
 */
public interface PortedModule {
    /** Kebab-case name. */
    String id();

    /** The texts of the module that it was checked with: by their SHA-256, hex, the file's place among lm-eval's tasks. */
    Map<String, String> texts();

    /** What is ported, by the function's name. */
    Map<String, PortedFunction> functions();
}
