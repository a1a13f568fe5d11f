package dev.weighbridge.inference.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values as they come out of a file, whatever type they are stored in. */
class MappedTensorsTest {
    @TempDir
    private Path scratch;

    private MappedTensors tensors(String dtype, int count, ByteBuffer data) throws IOException {
        byte[] content = new byte[data.capacity()];
        data.get(0, content);
        Path file = SafetensorsBytes.write(
                scratch.resolve("x.safetensors"),
                "{\"x\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                        .formatted(dtype, count, data.capacity()),
                content);
        return new MappedTensors(scratch, SafetensorsFile.read(file));
    }

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void singleAndDoublePrecisionAreReadAsTheyAre() throws IOException {
        ByteBuffer singles = bytes(12).putFloat(1.5f).putFloat(-0f).putFloat(Float.MIN_VALUE);
        assertThat(tensors("F32", 3, singles).floats("x")).containsExactly(1.5f, -0f, Float.MIN_VALUE);
        ByteBuffer doubles = bytes(16).putDouble(Math.PI).putDouble(-1e300);
        assertThat(tensors("F64", 2, doubles).floats("x")).containsExactly((float) Math.PI, Float.NEGATIVE_INFINITY);
    }

    @Test
    void bfloat16IsTheUpperHalfOfASingle() throws IOException {
        ByteBuffer data = bytes(8).putShort((short) 0x3f80)
                .putShort((short) 0xc040)
                .putShort((short) 0x7f80)
                .putShort((short) 1);
        assertThat(tensors("BF16", 4, data).floats("x"))
                .containsExactly(1f, -3f, Float.POSITIVE_INFINITY, Float.intBitsToFloat(1 << 16));
    }

    @Test
    void everyHalfPrecisionValueIsWhatTheStandardSays() throws IOException {
        ByteBuffer data = bytes(2 << 16);
        for (int bits = 0; bits < 1 << 16; bits++) {
            data.putShort((short) bits);
        }
        float[] values = tensors("F16", 1 << 16, data).floats("x");
        for (int bits = 0; bits < 1 << 16; bits++) {
            int exponent = bits >> 10 & 31;
            double fraction = (bits & 1023) / 1024.0;
            double magnitude = exponent == 0 ? fraction * 0x1p-14 : (1 + fraction) * Math.pow(2, exponent - 15);
            if (exponent == 31) {
                magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            }
            assertThat(values[bits]).as("0x%04x", bits).isEqualTo(Float.valueOf((float)
                    (bits < 0x8000 ? magnitude : -magnitude)));
        }
    }

    @Test
    void bytesAreMappedAndCannotBeWritten() throws IOException {
        ByteBuffer mapped = tensors("I32", 2, bytes(8).putInt(7).putInt(-9)).bytes("x");
        assertThat(mapped.isDirect()).isTrue();
        assertThat(mapped.getInt(4)).isEqualTo(-9);
        assertThatThrownBy(() -> mapped.put(0, (byte) 1)).isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void integersAreNoWeightsAndAbsentTensorsAreNamed() throws IOException {
        MappedTensors tensors = tensors("I32", 1, bytes(4));
        assertThatThrownBy(() -> tensors.floats("x")).hasMessageContaining("tensor x is of type I32");
        assertThatThrownBy(() -> tensors.bytes("y")).hasMessageContaining("no tensor y");
    }
}
