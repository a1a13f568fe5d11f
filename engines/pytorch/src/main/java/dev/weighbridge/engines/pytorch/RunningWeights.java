package dev.weighbridge.engines.pytorch;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Role.Part;

/** What weights take while they run. */
final class RunningWeights {
    private RunningWeights() {}

    /** Bytes at a precision, with scales and without padding. */
    static long bytes(Weights weights, Precision precision) {
        long bytes = 0;
        for (Role role : weights.roles()) {
            bytes += role.part().linear() ? matrix(weights, role, precision) : Float.BYTES * weights.count(role);
        }
        // A tied output layer is a view of the embedding, unless it has a precision of its own.
        boolean apart = !weights.has(Role.of(Part.HEAD)) && precision != Precision.FP32;
        return apart ? bytes + matrix(weights, Role.of(Part.EMBEDDING), precision) : bytes;
    }

    private static long matrix(Weights weights, Role role, Precision precision) {
        long elements = weights.count(role);
        long outputs = weights.shape(role).get(0);
        long scales = switch (precision) {
            case FP32, BF16, FP16 -> 0;
            // A float scale and an int zero point an output.
            case W8A8 -> outputs * (Float.BYTES + Integer.BYTES);
            case INT8 -> outputs * Short.BYTES;
            // A scale and an offset of 16 bits a block.
            case INT4 -> elements / LinearScript.BLOCK_SIZE * 2 * Short.BYTES;
        };
        return elements * precision.weightBits() / Byte.SIZE + scales;
    }
}
