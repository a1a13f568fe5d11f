package dev.weighbridge.inference.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * A client that a server lets in, and how much it may ask. Its key is kept as a digest alone.
 *
 * @param name for errors and logs, which never show the key
 * @param digest SHA-256 of the key
 * @param requestsPerSecond at most, in the long run; {@code null} for no bound
 * @param burst requests that may come at once after a rest; at least 1
 * @param concurrent requests that may be running or waiting at once; {@code null} for no bound
 */
public record ClientKey(
        String name,
        byte[] digest,
        @Nullable Double requestsPerSecond,
        int burst,
        @Nullable Integer concurrent) {
    public ClientKey {
        digest = digest.clone();
        if (requestsPerSecond != null && !(requestsPerSecond > 0 && Double.isFinite(requestsPerSecond))) {
            throw new IllegalArgumentException(
                    "the rate of client " + name + " must be above 0, got: " + requestsPerSecond);
        }
        if (burst < 1 || (concurrent != null && concurrent < 1)) {
            throw new IllegalArgumentException(
                    "client " + name + " must have a burst and a number of concurrent requests"
                            + " of at least 1, got: " + burst + " and " + concurrent);
        }
    }

    /** A client by its key. */
    public static ClientKey of(
            String name, String key, @Nullable Double requestsPerSecond, int burst, @Nullable Integer concurrent) {
        if (key.isBlank()) {
            throw new IllegalArgumentException("the key of client " + name + " is empty");
        }
        return new ClientKey(name, sha256(key), requestsPerSecond, burst, concurrent);
    }

    /** Whether a key is this client's; takes as long whatever the key. */
    boolean opensWith(byte[] digestOfKey) {
        return MessageDigest.isEqual(digest, digestOfKey);
    }

    static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public byte[] digest() {
        return digest.clone();
    }

    /** Without the digest. */
    @Override
    public String toString() {
        return "client " + name;
    }
}
