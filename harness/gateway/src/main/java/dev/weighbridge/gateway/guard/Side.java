package dev.weighbridge.gateway.guard;

import java.util.Locale;

/** Which way a text goes. */
public enum Side {
    /** To the model: prompts. */
    INPUT,
    /** From the model: completions. */
    OUTPUT;

    /** The name in a configuration, in small letters. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
