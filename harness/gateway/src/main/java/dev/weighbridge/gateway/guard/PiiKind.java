package dev.weighbridge.gateway.guard;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Kinds of personal or secret data that have a form. Where ranges of several kinds overlap, the kind that stands first here has
 * it: the more a form must hold, the earlier.
 */
public enum PiiKind {
    /** Keys of well-known services, JSON web tokens, private keys, and random values that are called a key or a password. */
    API_KEY,
    EMAIL,
    /** International bank account numbers. */
    IBAN,
    /** Payment card numbers. */
    CARD,
    /** Social security numbers of the United States. */
    SSN,
    /** Internet addresses of versions 4 and 6. */
    IP,
    /** Dates that are said to be of a birth. */
    BIRTH_DATE,
    PHONE;

    /** The name in a configuration and of findings, for example {@code birth-date}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What stands in the place of a finding, for example {@code [BIRTH_DATE]}. */
    public String mask() {
        return "[" + name() + "]";
    }

    /**
     * The kind of that name.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static PiiKind of(String id) {
        return Arrays.stream(values())
                .filter(kind -> kind.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown kind '" + id + "'. Known: "
                        + Arrays.stream(values()).map(PiiKind::id).collect(Collectors.joining(", "))));
    }
}
