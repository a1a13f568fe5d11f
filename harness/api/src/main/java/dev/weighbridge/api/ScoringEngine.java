package dev.weighbridge.api;

import java.util.List;

/** An engine that can tell how likely it finds a given text. */
public interface ScoringEngine extends Engine {
    /**
     * Scores several continuations of one context, which may be computed once for all of them.
     *
     * @param continuations at least one
     * @return a score for each, in their order
     * @throws EngineException when the engine failed or refused
     */
    List<Score> score(String context, List<String> continuations);

    /** Scores a continuation after a context. */
    default Score score(String context, String continuation) {
        return score(context, List.of(continuation)).get(0);
    }

    /**
     * How likely a continuation is.
     *
     * @param logLikelihood natural logarithm of the continuation's probability given the context, summed over its tokens
     * @param tokens of the continuation
     * @param greedy whether every token of the continuation was the most likely one
     */
    record Score(double logLikelihood, int tokens, boolean greedy) {}
}
