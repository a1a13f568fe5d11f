package dev.weighbridge.gateway.cache;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that an answer depends on beside its prompt, as a digest: who asked, the model, the system prompt, earlier turns, sampling
 * settings, limits, tools. A prompt is only ever answered from its own scope. A client's key cannot be read from it.
 */
public final class Scope {
    private static final int MOST_DEPTH = 64;
    private static final String TEMPERATURE = "temperature";

    private final byte[] digest;
    private final boolean sampled;

    private Scope(byte[] digest, boolean sampled) {
        this.digest = digest;
        this.sampled = sampled;
    }

    /**
     * The scope of a request. The order of fields and the way a number is written (0, 0.0) do not matter; everything else does.
     *
     * @param client who asked: a tenant's name or key; clients that may share answers have the same
     * @param fields of the request but its prompt, as a JSON parser gives them: texts, numbers, truth values, {@code null}, lists
     *     and maps. An absent {@code temperature} means sampling, as in the API of OpenAI, whose default is 1
     * @throws IllegalArgumentException when a value is of another type or nested more than 64 deep
     */
    public static Scope of(String client, Map<String, ?> fields) {
        MessageDigest sha = sha256();
        text(sha, client);
        value(sha, fields, 0);
        return new Scope(sha.digest(), !isZero(fields.get(TEMPERATURE)));
    }

    /** Whether answers are drawn at random: the temperature is not 0. */
    public boolean sampled() {
        return sampled;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Scope scope && Arrays.equals(digest, scope.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    /** Without the digest, by which a guessed key could be confirmed. */
    @Override
    public String toString() {
        return sampled ? "Scope[sampled]" : "Scope[greedy]";
    }

    private static boolean isZero(@Nullable Object temperature) {
        return temperature instanceof Number number && number.doubleValue() == 0;
    }

    /** Each value with its type and length before it, so that no two values have the same bytes. */
    private static void value(MessageDigest sha, @Nullable Object value, int depth) {
        if (depth > MOST_DEPTH) {
            throw new IllegalArgumentException(
                    "a request's fields are nested more than " + MOST_DEPTH + " deep. Refuse such a request.");
        }
        if (value == null) {
            sha.update((byte) '0');
        } else if (value instanceof CharSequence text) {
            sha.update((byte) 't');
            text(sha, text.toString());
        } else if (value instanceof Boolean truth) {
            sha.update((byte) (truth ? '+' : '-'));
        } else if (value instanceof Number number) {
            sha.update((byte) 'n');
            text(sha, plain(number));
        } else if (value instanceof List<?> list) {
            sha.update((byte) 'l');
            length(sha, list.size());
            list.forEach(element -> value(sha, element, depth + 1));
        } else if (value instanceof Map<?, ?> map) {
            sha.update((byte) 'm');
            length(sha, map.size());
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, element) -> sorted.put(String.valueOf(key), element));
            sorted.forEach((key, element) -> {
                text(sha, key);
                value(sha, element, depth + 1);
            });
        } else {
            throw new IllegalArgumentException("a request's field has a value of type "
                    + value.getClass().getName() + ". Give texts, numbers, truth values, lists and maps.");
        }
    }

    /** One way of writing for equal numbers; what is no number, as it is. */
    private static String plain(Number number) {
        String text = number.toString();
        try {
            BigDecimal decimal = new BigDecimal(text);
            return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toString();
        } catch (NumberFormatException e) {
            return text;
        }
    }

    /** Char by char, as an encoder would make all lone surrogates the same. */
    private static void text(MessageDigest sha, String text) {
        length(sha, text.length());
        ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
        bytes.asCharBuffer().put(text);
        sha.update(bytes);
    }

    private static void length(MessageDigest sha, int length) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }
}
