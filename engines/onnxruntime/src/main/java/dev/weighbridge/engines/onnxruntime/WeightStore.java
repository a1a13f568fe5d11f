package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ExternalData;
import dev.weighbridge.inference.checkpoint.TensorSource;
import dev.weighbridge.inference.checkpoint.TensorSource.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Gives every weight that a graph refers to a place in a file. */
abstract class WeightStore implements AutoCloseable {
    /** Tensor of a checkpoint as 32-bit floats in its own layout. The same tensor has one place, however often it is asked for. */
    abstract ExternalData floats(TensorInfo tensor);

    /** Bytes that the checkpoint does not hold in this form. */
    abstract ExternalData append(ByteBuffer bytes);

    @Override
    public abstract void close();

    /** Scales and the like. */
    ExternalData append(float[] values) {
        return append(littleEndian(values));
    }

    private static ByteBuffer littleEndian(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** Refers to the checkpoint's own files, so that nothing is written and ONNX Runtime maps the weights from there. */
    static final class Mapped extends WeightStore {
        /**
         * The folder of the files, when ONNX Runtime can map all the given tensors itself: stored as F32, aligned, and in
         * one folder, because a session can be told only one.
         *
         * @return null when it cannot
         */
        static @Nullable Path commonFolder(List<TensorInfo> tensors) {
            Path folder = tensors.get(0).file().getParent();
            boolean mappable = tensors.stream()
                    .allMatch(tensor -> tensor.dtype().equals("F32")
                            && tensor.offset() % Float.BYTES == 0
                            && Objects.equals(folder, tensor.file().getParent()));
            return mappable ? folder : null;
        }

        @Override
        ExternalData floats(TensorInfo tensor) {
            return new ExternalData(tensor.file().getFileName().toString(), tensor.offset(), tensor.length());
        }

        @Override
        ExternalData append(ByteBuffer bytes) {
            throw new IllegalStateException("a mapped checkpoint is never written to");
        }

        @Override
        public void close() {}
    }

    /** Writes everything into one new file. */
    static final class Written extends WeightStore {
        // A cache line, so that no row of a matrix shares its first one with another tensor.
        private static final int ALIGNMENT = 64;

        private final TensorSource tensors;
        private final String name;
        private final FileChannel channel;
        private final Map<String, ExternalData> placed = new HashMap<>();
        private long position;

        /**
         * Creates the file.
         *
         * @param path to write to; must not exist
         * @param name of the file as the graph shall refer to it
         */
        Written(TensorSource tensors, Path path, String name) throws IOException {
            this.tensors = tensors;
            this.name = name;
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        ExternalData floats(TensorInfo tensor) {
            return placed.computeIfAbsent(
                    tensor.name(),
                    key -> tensor.dtype().equals("F32") ? append(tensors.bytes(key)) : append(tensors.floats(key)));
        }

        @Override
        ExternalData append(ByteBuffer bytes) {
            ByteBuffer rest = bytes.duplicate();
            long offset = (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            int length = rest.remaining();
            try {
                long at = offset;
                while (rest.hasRemaining()) {
                    at += channel.write(rest, at);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("weights cannot be written: " + e.getMessage(), e);
            }
            position = offset + length;
            return new ExternalData(name, offset, length);
        }

        /** Forces the bytes to the device, so that a later rename never exposes a file that a power cut could truncate. */
        void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new EngineException(Category.FAILED, "weights cannot be closed: " + e.getMessage(), e);
            }
        }
    }
}
