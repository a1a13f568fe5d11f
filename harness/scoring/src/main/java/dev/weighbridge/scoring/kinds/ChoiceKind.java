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
 * likeliest choice, from which calibration by bins of equal mass and selective accuracy follow. Option {@code also} adds scores:
 * {@code f1} of the second of two choices and {@code mcc}, Matthews' correlation, over all samples together (scikit-learn's
 * {@code f1_score} and {@code matthews_corrcoef}), {@code exact_match}, whether each token of the right choice was the most likely
 * one, and {@code acc_mutual_info}, by log-likelihood less that of the choice with nothing before it.
 */
public final class ChoiceKind implements ScorerKind {
    private static final int BINS = 10;
    private static final Aggregation CALIBRATION = new Aggregation("ece", 2 * BINS + 1, ChoiceKind::calibrationError);
    private static final Score ACCURACY = Score.share("acc");
    private static final Score BY_CHARACTER = Score.share("acc_norm");
    private static final Score BY_BYTE = Score.share("acc_bytes");
    private static final Score BRIER = new Score("brier_score", Aggregation.MEAN, false, false);
    private static final Score CONFIDENCE = new Score("confidence", Aggregation.MEAN, true, false);
    private static final Aggregation BINARY_F1 =
            new Aggregation("binary_f1", 4, counts -> quotient(2 * counts[0], 2 * counts[0] + counts[1] + counts[2]));
    private static final Aggregation CORRELATION = new Aggregation("matthews", 4, ChoiceKind::correlation);
    private static final Score F1 = new Score("f1", BINARY_F1, true, false);
    private static final Score MCC = new Score("mcc", CORRELATION, true, false);
    private static final Score GREEDY = Score.share("exact_match");
    private static final Score MUTUAL = Score.share("acc_mutual_info");
    private static final List<Score> FURTHER = List.of(F1, MCC, GREEDY, MUTUAL);
    private static final Score ECE = new Score("ece", CALIBRATION, false, false);

    @Override
    public String id() {
        return "choice";
    }

    @Override
    public String description() {
        return "1 when the likeliest choice is right (acc; by character: acc_norm; by byte: acc_bytes), with Brier score, ECE and confidence;"
                + " option main names the one that decides; option also: f1 and mcc of two choices over all samples, exact_match,"
                + " acc_mutual_info (asks each choice alone as well)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.CHOICES;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String main = options.text("main", ACCURACY.id());
        List<Score> scores = new ArrayList<>(List.of(ACCURACY, BY_CHARACTER, BY_BYTE));
        for (String id : options.texts("also")) {
            scores.add(named(FURTHER, id, "also"));
        }
        Score first = named(scores, main, "main");
        scores.remove(first);
        scores.add(0, first);
        scores.addAll(List.of(BRIER, ECE, CONFIDENCE));
        return new Choice(List.copyOf(scores));
    }

    private static Score named(List<Score> scores, String id, String option) {
        return scores.stream()
                .filter(score -> score.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ScoringException("option '" + option + "' of scorer choice must be one of "
                        + scores.stream().map(Score::id).toList() + ", got: " + id));
    }

    /** The scorer with its scores in the order that was asked. */
    private record Choice(List<Score> scores) implements Scorer {
        @Override
        public Map<String, double[]> score(Question question, List<Reply> given) {
            int choices = question.choices().size();
            int wanted = scores.contains(MUTUAL) ? 2 * choices : choices;
            if (given.size() != wanted || choices == 0) {
                throw new ScoringException("there are " + given.size() + " likelihoods for " + choices
                        + " choices; each needs " + (wanted == choices ? "one" : "two"));
            }
            List<Reply> replies = given.subList(0, choices);
            if (given.stream().anyMatch(reply -> Double.isNaN(reply.logLikelihood()))) {
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
            further(question, given, gold, vectors);
            return vectors;
        }

        private void further(Question question, List<Reply> given, List<Integer> gold, Map<String, double[]> vectors) {
            if (scores.contains(F1) || scores.contains(MCC)) {
                double[] counts = confusion(question, given, gold.get(0));
                vectors.put(F1.id(), counts);
                vectors.put(MCC.id(), counts);
            }
            boolean greedy = gold.stream().anyMatch(choice -> given.get(choice).greedy());
            vectors.put(GREEDY.id(), Aggregation.one(greedy ? 1 : 0));
            if (scores.contains(MUTUAL)) {
                int choices = question.choices().size();
                double[] gains = new double[choices];
                for (int i = 0; i < choices; i++) {
                    gains[i] = given.get(i).logLikelihood()
                            - given.get(choices + i).logLikelihood();
                }
                vectors.put(MUTUAL.id(), Aggregation.one(gold.contains(highest(gains)) ? 1 : 0));
            }
        }
    }

    /** One of right and wrong, of the second choice: hits, false alarms, misses, and what is rightly not it. */
    private static double[] confusion(Question question, List<Reply> replies, int gold) {
        if (question.choices().size() != 2) {
            throw new ScoringException("f1 and mcc are of two choices, the sample has "
                    + question.choices().size());
        }
        int chosen = replies.get(1).logLikelihood() > replies.get(0).logLikelihood() ? 1 : 0;
        double[] counts = new double[4];
        counts[chosen == 1 ? (gold == 1 ? 0 : 1) : (gold == 1 ? 2 : 3)] = 1;
        return counts;
    }

    private static double correlation(double[] counts) {
        double hits = counts[0];
        double alarms = counts[1];
        double misses = counts[2];
        double rest = counts[3];
        return quotient(
                hits * rest - alarms * misses,
                Math.sqrt((hits + alarms) * (hits + misses) * (rest + alarms) * (rest + misses)));
    }

    private static double quotient(double numerator, double denominator) {
        return denominator == 0 ? 0 : numerator / denominator;
    }

    private static double[] right(
            Question question, List<Reply> replies, List<Integer> gold, ToDoubleBiFunction<Reply, String> measure) {
        double[] values = new double[question.choices().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = measure.applyAsDouble(replies.get(i), question.choices().get(i));
        }
        return Aggregation.one(gold.contains(highest(values)) ? 1 : 0);
    }

    /** Place of the highest value, the first of several. */
    private static int highest(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
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
        int best = highest(probabilities);
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
