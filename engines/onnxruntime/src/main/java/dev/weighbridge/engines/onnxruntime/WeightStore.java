package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.engines.onnxruntime.OnnxGraph.ExternalData;
import dev.weighbridge.inference.checkpoint.TensorSource.TensorInfo;
import dev.weighbridge.inference.checkpoint.Weights;
import dev.weighbridge.inference.model.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives every weight that a graph refers to a place in a file. */
interface WeightStore {
    /** A weight as 32-bit floats. */
    ExternalData floats(Role role);

    /** Floats that the checkpoint does not hold in this form. */
    ExternalData floats(long count, Supplier<float[]> values);

    /** Bytes that the checkpoint does not hold in this form. */
    ExternalData bytes(long count, Supplier<ByteBuffer> values);

    /** Refers to the checkpoint's own files, so that nothing is written and ONNX Runtime maps the weights from there. */
    record Mapped(Weights weights) implements WeightStore {
        /**
         * The folder of the files, when ONNX Runtime can map all the given weights itself: each a tensor just as it is
         * stored, of type F32, aligned, and in one folder, because a session can be told only one.
         *
         * @return null when it cannot
         */
        static @Nullable Path commonFolder(Weights weights, List<Role> roles) {
            Set<Path> folders = new HashSet<>();
            for (Role role : roles) {
                Optional<TensorInfo> tensor = weights.stored(role);
                if (tensor.isEmpty()
                        || !tensor.get().dtype().equals("F32")
                        || tensor.get().offset() % Float.BYTES != 0) {
                    return null;
                }
                folders.add(tensor.get().file().getParent());
            }
            return folders.size() == 1 ? folders.iterator().next() : null;
        }

        @Override
        public ExternalData floats(Role role) {
            TensorInfo tensor = weights.stored(role).orElseThrow();
            return new ExternalData(tensor.file().getFileName().toString(), tensor.offset(), tensor.length());
        }

        @Override
        public ExternalData floats(long count, Supplier<float[]> values) {
            throw new IllegalStateException("a mapped checkpoint is never written to");
        }

        @Override
        public ExternalData bytes(long count, Supplier<ByteBuffer> values) {
            throw new IllegalStateException("a mapped checkpoint is never written to");
        }
    }

    /** Says where everything would stand in one new file, and computes none of it. */
    class Planned implements WeightStore {
        // A cache line, so that no row of a matrix shares its first one with another weight.
        private static final int ALIGNMENT = 64;

        private final Weights weights;
        private final String name;
        private long position;

        /**
         * Begins an empty file.
         *
         * @param name of the file as the graph shall refer to it
         */
        Planned(Weights weights, String name) {
            this.weights = weights;
            this.name = name;
        }

        @Override
        public final ExternalData floats(Role role) {
            return floats(weights.count(role), () -> weights.floats(role));
        }

        @Override
        public ExternalData floats(long count, Supplier<float[]> values) {
            return bytes(Math.multiplyExact(count, Float.BYTES));
        }

        @Override
        public ExternalData bytes(long count, Supplier<ByteBuffer> values) {
            return bytes(count);
        }

        private ExternalData bytes(long count) {
            long offset = Math.addExact(position, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            position = Math.addExact(offset, count);
            return new ExternalData(name, offset, count);
        }
    }

    /** Writes everything into one new file. */
    final class Written extends Planned implements AutoCloseable {
        private static final int FLOATS_AT_ONCE = 1 << 18;

        private final FileChannel channel;

        /**
         * Creates the file.
         *
         * @param path to write to; must not exist
         */
        Written(Weights weights, Path path, String name) throws IOException {
            super(weights, name);
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public ExternalData floats(long count, Supplier<float[]> values) {
            ExternalData place = super.floats(count, values);
            float[] floats = values.get();
            requireLength(place, (long) floats.length * Float.BYTES);
            ByteBuffer bytes = ByteBuffer.allocate(Math.min(floats.length, FLOATS_AT_ONCE) * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int from = 0; from < floats.length; from += FLOATS_AT_ONCE) {
                int part = Math.min(FLOATS_AT_ONCE, floats.length - from);
                bytes.clear().limit(part * Float.BYTES);
                bytes.asFloatBuffer().put(floats, from, part);
                write(bytes, place.offset() + (long) from * Float.BYTES);
            }
            return place;
        }

        @Override
        public ExternalData bytes(long count, Supplier<ByteBuffer> values) {
            ExternalData place = super.bytes(count, values);
            ByteBuffer bytes = values.get().duplicate();
            requireLength(place, bytes.remaining());
            write(bytes, place.offset());
            return place;
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

        private void write(ByteBuffer rest, long offset) {
            try {
                long at = offset;
                while (rest.hasRemaining()) {
                    at += channel.write(rest, at);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("weights cannot be written: " + e.getMessage(), e);
            }
        }

        private static void requireLength(ExternalData place, long bytes) {
            if (bytes != place.length()) {
                throw new IllegalStateException(bytes + " bytes for a place of " + place.length());
            }
        }
    }
}
