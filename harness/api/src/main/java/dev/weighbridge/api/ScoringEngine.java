package dev.weighbridge.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** So many questions at once are answered faster by {@link #scoreAll} than one by one. */
    default int questionsAtOnce() {
        return 1;
    }

    /**
     * Scores several questions, each of which may fail alone.
     *
     * @return what came of each, in their order
     * @throws EngineException of category CRASHED when the engine is gone, and of others when none could be asked
     */
    default List<Scored> scoreAll(List<Question> questions) {
        List<Scored> all = new ArrayList<>();
        for (Question question : questions) {
            try {
                all.add(new Scored(score(question.context(), question.continuations()), null));
            } catch (EngineException e) {
                if (e.category() == EngineException.Category.CRASHED) {
                    throw e;
                }
                all.add(new Scored(List.of(), e));
            }
        }
        return all;
    }

    /**
     * A context with continuations.
     *
     * @param continuations at least one
     */
    record Question(String context, List<String> continuations) {
        public Question {
            continuations = List.copyOf(continuations);
        }
    }

    /**
     * What came of a question.
     *
     * @param scores one for each continuation; none where it failed
     * @param failure why there are none, or {@code null}
     */
    record Scored(List<Score> scores, @Nullable EngineException failure) {
        public Scored {
            scores = List.copyOf(scores);
        }
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
