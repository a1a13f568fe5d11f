package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/**
 * Whether the likeliest choice is right, by the definitions of lm-evaluation-harness: {@code acc} by log-likelihood,
 * {@code acc_norm} by log-likelihood a character of the choice, {@code acc_bytes} by log-likelihood a UTF-8 byte. From the same
 * likelihoods, made probabilities by a softmax over the choices: {@code brier_score} (sum of squares against the right answer,
 * 0 to 2), {@code ece}, the expected calibration error over ten bins of equal width, and {@code confidence}, the probability of the
 * likeliest choice, from which calibration by bins of equal mass and selective accuracy follow.
 */
public final class ChoiceKind implements ScorerKind {
    private static final int BINS = 10;
    private static final Aggregation CALIBRATION = new Aggregation("ece", 2 * BINS + 1, ChoiceKind::calibrationError);
    private static final Score ACCURACY = Score.share("acc");
    private static final Score BY_CHARACTER = Score.share("acc_norm");
    private static final Score BY_BYTE = Score.share("acc_bytes");
    private static final Score BRIER = new Score("brier_score", Aggregation.MEAN, false, false);
    private static final Score CONFIDENCE = new Score("confidence", Aggregation.MEAN, true, false);
    private static final Score ECE = new Score("ece", CALIBRATION, false, false);

    @Override
    public String id() {
        return "choice";
    }

    @Override
    public String description() {
        return "1 when the likeliest choice is right (acc; by character: acc_norm; by byte: acc_bytes), with Brier score, ECE and confidence;"
                + " option main names the one that decides";
    }

    @Override
    public Accepts accepts() {
        return Accepts.CHOICES;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String main = options.text("main", ACCURACY.id());
        List<Score> scores = new ArrayList<>(List.of(ACCURACY, BY_CHARACTER, BY_BYTE));
        Score first = scores.stream()
                .filter(score -> score.id().equals(main))
                .findFirst()
                .orElseThrow(() -> new ScoringException("option 'main' of scorer choice must be one of "
                        + scores.stream().map(Score::id).toList() + ", got: " + main));
        scores.remove(first);
        scores.add(0, first);
        scores.addAll(List.of(BRIER, ECE, CONFIDENCE));
        return new Choice(List.copyOf(scores));
    }

    /** The scorer with its scores in the order that was asked. */
    private record Choice(List<Score> scores) implements Scorer {
        @Override
        public Map<String, double[]> score(Question question, List<Reply> replies) {
            int choices = question.choices().size();
            if (replies.size() != choices || choices == 0) {
                throw new ScoringException(
                        "there are " + replies.size() + " likelihoods for " + choices + " choices; each needs one");
            }
            if (replies.stream().anyMatch(reply -> Double.isNaN(reply.logLikelihood()))) {
                throw new ScoringException("a choice has no likelihood: the engine gave NaN");
            }
            List<Integer> gold = question.gold();
            Map<String, double[]> vectors = new LinkedHashMap<>();
            vectors.put(ACCURACY.id(), right(question, replies, gold, (reply, choice) -> reply.logLikelihood()));
            vectors.put(
                    BY_CHARACTER.id(),
                    right(question, replies, gold, (reply, choice) -> reply.logLikelihood() / characters(choice)));
            vectors.put(
                    BY_BYTE.id(),
                    right(question, replies, gold, (reply, choice) -> reply.logLikelihood() / bytes(choice)));
            double[] probabilities = softmax(replies);
            vectors.put(BRIER.id(), Aggregation.one(brier(probabilities, gold)));
            vectors.put(ECE.id(), bin(probabilities, gold));
            vectors.put(
                    CONFIDENCE.id(),
                    Aggregation.one(Arrays.stream(probabilities).max().orElseThrow()));
            return vectors;
        }
    }

    private static double[] right(
            Question question, List<Reply> replies, List<Integer> gold, ToDoubleBiFunction<Reply, String> measure) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < replies.size(); i++) {
            double value =
                    measure.applyAsDouble(replies.get(i), question.choices().get(i));
            if (value > highest) {
                highest = value;
                best = i;
            }
        }
        return Aggregation.one(gold.contains(best) ? 1 : 0);
    }

    /** Python's length of a text; an empty choice counts one, as nothing can be divided by 0. */
    private static double characters(String choice) {
        return Math.max(1, choice.codePointCount(0, choice.length()));
    }

    private static double bytes(String choice) {
        return Math.max(1, choice.getBytes(StandardCharsets.UTF_8).length);
    }

    private static double[] softmax(List<Reply> replies) {
        double highest =
                replies.stream().mapToDouble(Reply::logLikelihood).max().orElseThrow();
        double[] shares = replies.stream()
                .mapToDouble(
                        reply -> highest == Double.NEGATIVE_INFINITY ? 1 : Math.exp(reply.logLikelihood() - highest))
                .toArray();
        double sum = 0;
        for (double share : shares) {
            sum += share;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /** Against the first right answer, as the score is defined for one. */
    private static double brier(double[] probabilities, List<Integer> gold) {
        double sum = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double error = probabilities[i] - (i == gold.get(0) ? 1 : 0);
            sum += error * error;
        }
        return sum;
    }

    private static double[] bin(double[] probabilities, List<Integer> gold) {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        double[] vector = new double[2 * BINS + 1];
        int bin = Math.min(BINS - 1, (int) (probabilities[best] * BINS));
        vector[2 * bin] = probabilities[best];
        vector[2 * bin + 1] = gold.contains(best) ? 1 : 0;
        vector[2 * BINS] = 1;
        return vector;
    }

    private static double calibrationError(double[] sums) {
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(sums[2 * bin] - sums[2 * bin + 1]);
        }
        return error / sums[2 * BINS];
    }
}
