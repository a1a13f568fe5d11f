package dev.weighbridge.api;

/** Hears an answer piece by piece. */
@FunctionalInterface
public interface TokenListener {
    /** Hears nothing. */
    TokenListener NONE = text -> {};

    /** Called once for each piece of text in order; never with an empty text. */
    void onText(String text);
}
