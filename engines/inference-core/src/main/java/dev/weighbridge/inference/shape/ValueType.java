package dev.weighbridge.inference.shape;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How values are stored. */
public enum ValueType {
    F32("f32", "float32", Float.BYTES) {
        @Override
        void put(ByteBuffer target, float value) {
            target.putFloat(value);
        }
    },
    BF16("bf16", "bfloat16", Short.BYTES) {
        @Override
        void put(ByteBuffer target, float value) {
            int bits = Float.floatToRawIntBits(value);
            target.putShort((short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16));
        }
    },
    F16("f16", "float16", Short.BYTES) {
        @Override
        void put(ByteBuffer target, float value) {
            target.putShort(half(value));
        }
    };

    private static final int SMALLEST_NORMAL_HALF = 0x38800000;

    private final String id;
    private final String torchName;
    private final int width;

    ValueType(String id, String torchName, int width) {
        this.id = id;
        this.torchName = torchName;
        this.width = width;
    }

    /**
     * The type of that id.
     *
     * @throws IllegalArgumentException with the ids there are
     */
    public static ValueType of(String id) {
        return Arrays.stream(values())
                .filter(type -> type.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("type '" + id + "' does not exist. Use one of: "
                        + Arrays.stream(values()).map(ValueType::id).collect(Collectors.joining(", "))));
    }

    public String id() {
        return id;
    }

    /** Bytes of one value. */
    public int width() {
        return width;
    }

    /** As {@code config.json} names it. */
    String torchName() {
        return torchName;
    }

    /** Appends a finite value, rounded to nearest, ties to even. */
    abstract void put(ByteBuffer target, float value);

    /** To IEEE 754 binary16; the JDK converts to it from release 20 on only. */
    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        int half = magnitude < SMALLEST_NORMAL_HALF
                ? (int) Math.rint(Math.abs(value) * 0x1p24)
                : (magnitude + 0xfff + (magnitude >>> 13 & 1) - (112 << 23)) >>> 13;
        return (short) (sign | half);
    }
}
