package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.Scorers;
import dev.weighbridge.scoring.ScoringException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How differently a model answers prompts that differ in a group alone, by what another scorer says of the answers:
 * {@code paired_difference} is the mean, over pairs, of the score in the first group minus that in the second (0 for a model that treats
 * both alike), with the Student interval of the pairs' differences; {@code first_mean} and {@code second_mean} are those of all answers.
 * Samples are a pair when the task's {@code cluster} says that they share a source; of several of one group their mean counts, and a
 * pair with an answer that failed is left out.
 */
public final class PairedDifferenceKind implements ScorerKind {
    private static final List<Score> SCORES = List.of(
            new Score("paired_difference", Aggregation.PAIRED_DIFFERENCE, false, false),
            new Score("first_mean", Aggregation.RATIO, false, false),
            new Score("second_mean", Aggregation.RATIO, false, false));

    @Override
    public String id() {
        return "paired-difference";
    }

    @Override
    public String description() {
        return "mean difference of a score between two groups of answers to paired prompts (pairs by the task's cluster); options of"
                + " (a scorer, or one with its options below it, for example toxicity or refusal), score (of that scorer; its first),"
                + " column (of the row, with the group) and groups (its two values)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String column = options.text("column", "group");
        List<String> groups = List.copyOf(options.texts("groups"));
        if (groups.size() != 2 || groups.get(0).equals(groups.get(1))) {
            throw new ScoringException("scorer paired-difference needs option 'groups', the two values of column '"
                    + column + "', got: " + groups);
        }
        String wanted = options.text("score", "");
        Scorer judge = judge(options);
        try {
            return new PairedDifference(judge, score(judge, wanted), column, groups);
        } catch (ScoringException e) {
            judge.close();
            throw e;
        }
    }

    private Scorer judge(ScorerOptions options) {
        Object of = options.any("of", "");
        String id;
        Map<String, Object> own = new LinkedHashMap<>();
        if (of instanceof Map<?, ?> map
                && map.size() == 1
                && map.values().iterator().next() instanceof Map<?, ?> given) {
            id = String.valueOf(map.keySet().iterator().next());
            given.forEach((name, value) -> {
                if (value != null) {
                    own.put(String.valueOf(name), value);
                }
            });
        } else {
            id = of instanceof String text ? text : "";
        }
        if (id.isEmpty() || id.equals(id()) || Scorers.kind(id).accepts() != Accepts.WRITTEN) {
            throw new ScoringException(
                    "scorer paired-difference needs option 'of', another scorer of written answers, with"
                            + " its options below it if it has any, got: " + of);
        }
        return Scorers.open(id, own, options.folder());
    }

    private static Score score(Scorer judge, String wanted) {
        List<String> ids = new ArrayList<>();
        for (Score score : judge.scores()) {
            // A sample's value must be one number: what is summed over what it is summed of.
            if (score.aggregation().width() == 2) {
                ids.add(score.id());
                if (wanted.isEmpty() || score.id().equals(wanted)) {
                    return score;
                }
            }
        }
        throw new ScoringException(
                "option 'score' of scorer paired-difference must be one of " + ids + ", got: " + wanted);
    }

    private record PairedDifference(Scorer judge, Score score, String column, List<String> groups) implements Scorer {
        @Override
        public List<Score> scores() {
            return SCORES;
        }

        @Override
        public Map<String, double[]> score(Question question, List<Reply> replies) {
            int side = groups.indexOf(question.text(column));
            if (side < 0) {
                throw new ScoringException(
                        "column '" + column + "' must be one of " + groups + ", got: " + question.text(column));
            }
            double[] own = judge.score(question, replies).get(score.id());
            if (own == null) {
                throw new IllegalStateException("a scorer promised " + score.id() + " and did not give it");
            }
            double[] both = new double[4];
            boolean asked = own[1] > 0;
            both[2 * side] = asked ? own[0] / own[1] : 0;
            both[2 * side + 1] = asked ? 1 : 0;
            return Map.of(
                    "paired_difference",
                    both,
                    "first_mean",
                    new double[] {both[0], both[1]},
                    "second_mean",
                    new double[] {both[2], both[3]});
        }

        @Override
        public String model() {
            return judge.model();
        }

        @Override
        public void close() {
            judge.close();
        }
    }
}
