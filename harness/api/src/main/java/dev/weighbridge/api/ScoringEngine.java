package dev.weighbridge.api;

/** An engine that can tell how likely it finds a given text. */
public interface ScoringEngine extends Engine {
    /**
     * Scores a continuation after a context.
     *
     * @throws EngineException when the engine failed or refused
     */
    Score score(String context, String continuation);

    /**
     * How likely a continuation is.
     *
     * @param logLikelihood natural logarithm of the continuation's probability given the context, summed over its tokens
     * @param tokens of the continuation
     * @param greedy whether every token of the continuation was the most likely one
     */
    record Score(double logLikelihood, int tokens, boolean greedy) {}
}
