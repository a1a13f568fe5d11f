package dev.weighbridge.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the weights, and for some the activations, of a model are represented while it runs. */
public enum Precision {
    FP32("fp32", 32),
    BF16("bf16", 16),
    FP16("fp16", 16),
    /** Eight-bit integer weights, floating-point activations. */
    INT8("int8", 8),
    /** Eight-bit integer weights and dynamically quantized eight-bit activations. */
    W8A8("w8a8", 8),
    /** Four-bit integer weights by round-to-nearest in blocks, floating-point activations. */
    INT4("int4", 4);

    private final String id;
    private final int weightBits;

    Precision(String id, int weightBits) {
        this.id = id;
        this.weightBits = weightBits;
    }

    /** The name used in study files, file names and reports, for example {@code w8a8}. */
    public String id() {
        return id;
    }

    /** Bits that one quantized weight takes, without scales. */
    public int weightBits() {
        return weightBits;
    }

    /**
     * Finds a precision by its id.
     *
     * @throws IllegalArgumentException when no precision has that id; the message lists those that exist
     */
    public static Precision of(String id) {
        for (Precision precision : values()) {
            if (precision.id.equals(id.toLowerCase(Locale.ROOT))) {
                return precision;
            }
        }
        throw new IllegalArgumentException("precision '" + id + "' does not exist. Use one of: "
                + Arrays.stream(values()).map(Precision::id).collect(Collectors.joining(", ")));
    }

    @Override
    public String toString() {
        return id;
    }
}
