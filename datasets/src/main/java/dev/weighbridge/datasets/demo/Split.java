package dev.weighbridge.datasets.demo;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Which use a prompt is kept for. */
public enum Split {
    TRAIN,
    TEST,
    /** Prompts of load scenarios. */
    LOAD;

    /** Of 256 hash values, the first ones go to the test split, the next ones to load, all others to training. */
    private static final int TEST_BELOW = 26;

    private static final int LOAD_BELOW = 77;

    /** The only split that a prompt can be in, by the first byte of its SHA-256. */
    public static Split of(String prompt) {
        try {
            int hash = MessageDigest.getInstance("SHA-256").digest(prompt.getBytes(StandardCharsets.UTF_8))[0] & 0xff;
            return hash < TEST_BELOW ? TEST : hash < LOAD_BELOW ? LOAD : TRAIN;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
