package dev.weighbridge.gateway.guard;

import java.util.Locale;

/** What a guard does where it finds something. */
public enum Action {
    /** Nothing of the text goes on. */
    BLOCK,
    /** The text goes on with what was found replaced. */
    MASK;

    /** The name in a configuration, in small letters. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
