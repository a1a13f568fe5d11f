package dev.weighbridge.api;

import java.util.List;
import java.util.Map;

/** An engine that shows, for each token of a given text, the most likely tokens at its place: what many servers give in place of logits. */
public interface TopLogprobsEngine extends Engine {
    /**
     * The most likely tokens at each place of a text but the first.
     *
     * @param k how many of them to ask for, at least 1; an engine may give fewer
     * @throws EngineException when the engine failed or refused
     */
    List<Position> topLogprobs(String text, int k);

    /**
     * One place of a text.
     *
     * @param token that stands there
     * @param logprobs natural log-probabilities by token: of the most likely ones, and of the one that stands there where it is known
     * @param k how many most likely tokens were given
     */
    record Position(String token, Map<String, Double> logprobs, int k) {
        public Position {
            logprobs = Map.copyOf(logprobs);
        }
    }
}
