package dev.weighbridge.inference.checkpoint;

import dev.weighbridge.inference.model.BadModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/** Tensors of validated safetensors files, each mapped when it is asked for, so that a file may be larger than 2 GiB. */
final class MappedTensors implements TensorSource {
    private static final Set<String> FLOATS = Set.of("F32", "F16", "BF16", "F64");

    private static final int AT_A_TIME = 8192;

    private final Path folder;
    private final Map<String, TensorInfo> tensors;

    MappedTensors(Path folder, Map<String, TensorInfo> tensors) {
        this.folder = folder;
        this.tensors = Map.copyOf(tensors);
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw BadModel.because(
                    folder + " has no tensor " + name + ". The checkpoint is incomplete or of another architecture.");
        }
        return info;
    }

    @Override
    public ByteBuffer bytes(String name) {
        TensorInfo info = info(name);
        if (info.length() > Integer.MAX_VALUE) {
            throw BadModel.because(info.file() + ", tensor " + name + " takes " + info.length()
                    + " bytes; one tensor may take 2 GiB at most");
        }
        try (FileChannel channel = FileChannel.open(info.file(), StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, info.offset(), info.length())
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw BadModel.because(info.file() + " cannot be mapped: " + e, e);
        }
    }

    @Override
    public float[] floats(String name) {
        requireFloats(info(name));
        ByteBuffer bytes = bytes(name);
        return switch (info(name).dtype()) {
            case "F64" -> doubles(bytes.asDoubleBuffer());
            case "F16" -> halves(bytes.asShortBuffer(), false);
            case "BF16" -> halves(bytes.asShortBuffer(), true);
            default -> singles(bytes.asFloatBuffer());
        };
    }

    static void requireFloats(TensorInfo info) {
        if (!FLOATS.contains(info.dtype())) {
            throw BadModel.because(info.file() + ", tensor " + info.name() + " is of type " + info.dtype()
                    + "; weights must be F32, F16, BF16 or F64. Use the model as it was before quantization.");
        }
    }

    private static float[] singles(FloatBuffer stored) {
        float[] values = new float[stored.remaining()];
        stored.get(values);
        return values;
    }

    private static float[] doubles(DoubleBuffer stored) {
        float[] values = new float[stored.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) stored.get(i);
        }
        return values;
    }

    /** A buffer's values are fetched many at a time: engine processes run without the optimizing compiler, which one by one needs. */
    private static float[] halves(ShortBuffer stored, boolean brain) {
        float[] values = new float[stored.remaining()];
        short[] part = new short[Math.min(values.length, AT_A_TIME)];
        for (int from = 0; from < values.length; from += part.length) {
            int count = Math.min(part.length, values.length - from);
            stored.get(part, 0, count);
            if (brain) {
                for (int i = 0; i < count; i++) {
                    values[from + i] = Float.intBitsToFloat(part[i] << 16);
                }
            } else {
                for (int i = 0; i < count; i++) {
                    values[from + i] = half(part[i]);
                }
            }
        }
        return values;
    }

    /** An IEEE 754 binary16 value; the JDK converts them from release 20 on only. */
    static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
        }
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
    }
}
