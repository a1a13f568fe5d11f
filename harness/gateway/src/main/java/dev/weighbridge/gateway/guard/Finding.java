package dev.weighbridge.gateway.guard;

/**
 * Where a guard found something; never what, since findings are written to logs.
 *
 * @param kind of what was found, for example {@code email}
 * @param start of it in the text the guard was given, in UTF-16 characters
 * @param end behind it
 */
public record Finding(String kind, int start, int end) {
    public Finding {
        if (start < 0 || end < start) {
            throw new IllegalArgumentException(
                    "a finding lies from 0 on and ends behind its start, got: " + start + " to " + end);
        }
    }
}
