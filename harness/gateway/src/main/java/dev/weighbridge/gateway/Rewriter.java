package dev.weighbridge.gateway;

import java.nio.ByteBuffer;
import java.util.List;

/** Changes a body on its way; asked by one thread at a time. */
interface Rewriter {
    /** What goes on of the body when more of it has come. */
    ByteBuffer accept(List<ByteBuffer> buffers);

    /** Whether the body is at its end before the server's is. */
    boolean finished();

    /** What still goes on at the end of the server's body. */
    ByteBuffer end();

    /** Leaves a body as it is. */
    static Rewriter none() {
        return new Rewriter() {
            @Override
            public ByteBuffer accept(List<ByteBuffer> buffers) {
                if (buffers.size() == 1) {
                    return buffers.get(0);
                }
                ByteBuffer all = ByteBuffer.allocate(
                        buffers.stream().mapToInt(ByteBuffer::remaining).sum());
                buffers.forEach(all::put);
                return all.flip();
            }

            @Override
            public boolean finished() {
                return false;
            }

            @Override
            public ByteBuffer end() {
                return ByteBuffer.allocate(0);
            }
        };
    }
}
