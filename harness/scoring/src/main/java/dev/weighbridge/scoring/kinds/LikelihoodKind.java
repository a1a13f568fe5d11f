package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import java.util.List;
import java.util.Map;

/**
 * How likely the target is, by the definitions of lm-evaluation-harness: {@code acc}, whether each of its tokens was the most
 * likely one, and {@code perplexity}, the exponential of the mean negative log-likelihood of a sample.
 */
public final class LikelihoodKind implements ScorerKind {
    private static final List<Score> SCORES =
            List.of(Score.share("acc"), new Score("perplexity", Aggregation.PERPLEXITY, false, false));

    @Override
    public String id() {
        return "likelihood";
    }

    @Override
    public String description() {
        return "1 when the model would have written the target greedily (acc), and the perplexity of the target by sample";
    }

    @Override
    public Accepts accepts() {
        return Accepts.LIKELIHOOD;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return new Likelihood();
    }

    private static final class Likelihood implements Scorer {
        @Override
        public List<Score> scores() {
            return SCORES;
        }

        @Override
        public Map<String, double[]> score(Question question, List<Reply> replies) {
            Reply reply = only(replies);
            return Map.of(
                    SCORES.get(0).id(),
                    Aggregation.one(reply.greedy() ? 1 : 0),
                    SCORES.get(1).id(),
                    new double[] {reply.logLikelihood(), 1});
        }
    }

    /** The one reply with a likelihood. */
    static Reply only(List<Reply> replies) {
        if (replies.size() != 1 || Double.isNaN(replies.get(0).logLikelihood())) {
            throw new ScoringException("the text needs one likelihood, got: " + replies);
        }
        return replies.get(0);
    }
}
