package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import org.jspecify.annotations.Nullable;

/** The responses to one request, in their order. */
interface Responses extends AutoCloseable {
    /**
     * The next one, or {@code null} when the answer is whole.
     *
     * @throws EngineException when the server failed or the answer was cut
     */
    @Nullable
    Response next();

    /** Gives up what has not come yet. */
    @Override
    void close();
}
