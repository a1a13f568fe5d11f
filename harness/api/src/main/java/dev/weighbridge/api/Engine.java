package dev.weighbridge.api;

/** One opened model. Safe for use by several threads at once. */
public interface Engine extends AutoCloseable {
    EngineInfo info();

    /**
     * Generates an answer and blocks until it is complete.
     *
     * @param listener hears each piece of text as it arrives, on the calling thread
     * @throws EngineException when the engine failed or refused; the category says how
     */
    Completion generate(GenerationRequest request, TokenListener listener);

    /** Ends the engine and frees what it holds. Closing twice has no effect. */
    @Override
    void close();
}
