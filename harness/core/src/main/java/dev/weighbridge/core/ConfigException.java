package dev.weighbridge.core;

import java.util.List;

/** A study file or another input is wrong. The message lists every problem that was found. */
public class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String problem) {
        super(problem);
    }

    public ConfigException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.size() + " problems:\n  " + String.join("\n  ", problems));
    }
}
