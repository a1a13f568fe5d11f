package dev.weighbridge.gateway.guard;

import java.util.Locale;

/** What becomes of a text that a guard could not judge. */
public enum OnError {
    /** It goes on as it is. */
    PASS,
    /** It is blocked with the reason {@code guard-failed}. */
    BLOCK;

    /** The name in a configuration, in small letters. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
