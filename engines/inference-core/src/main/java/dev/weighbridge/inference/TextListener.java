package dev.weighbridge.inference;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.EngineException;
import java.util.List;

/** Hears an answer as it is generated, on the scheduler's thread: it must not wait. */
public interface TextListener {
    /**
     * More of the answer is certain.
     *
     * @param text that is new; empty while text is held back
     * @param tokens that were decided since the last call; empty unless the request asked for log-probabilities
     */
    void onText(String text, List<TokenScore> tokens);

    /**
     * The answer is complete.
     *
     * @param outputTokens tokens that were generated: those of a stop text among them, the end-of-sequence token not
     */
    void onFinish(int promptTokens, int outputTokens, Completion.FinishReason reason);

    /** Whether nobody waits for the answer any more; asked before every step of it, and while it waits for its first. */
    default boolean gone() {
        return false;
    }

    /** There will be no more of it. */
    void onFailure(EngineException failure);
}
