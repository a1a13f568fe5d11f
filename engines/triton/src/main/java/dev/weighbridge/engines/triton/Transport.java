package dev.weighbridge.engines.triton;

import dev.weighbridge.api.EngineException;
import java.util.List;

/**
 * How a server is asked. Safe for use by several threads.
 *
 * <p>Every failure is an {@link EngineException}: BAD_REQUEST where the server says that the request is at fault, TIMED_OUT when nothing
 * came in time, FAILED for the rest; a connection that was lost or refused has an {@link java.io.IOException} as cause.
 */
interface Transport extends AutoCloseable {
    /** What the server says of itself. */
    ServerDescription server();

    /** Whether the server can be asked. */
    boolean serverReady();

    /** Names of the models that can be asked, in order; empty where the server does not list them. */
    List<String> models();

    /** What the server says of a model. */
    ModelDescription model(Model model);

    /** Whether a model can be asked. */
    boolean modelReady(Model model);

    /**
     * Asks a model.
     *
     * @param streamed whether the answer may come in several responses; a decoupled model gives no other
     */
    Responses ask(Model model, Question question, boolean streamed);

    @Override
    void close();

    /**
     * A model of a server.
     *
     * @param name of it
     * @param version of it; empty leaves it to the server
     */
    record Model(String name, String version) {}
}
