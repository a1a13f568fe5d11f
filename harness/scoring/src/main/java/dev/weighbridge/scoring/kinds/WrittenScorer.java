package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScoringException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A scorer that judges written answers one by one; the vectors of several repeats are averaged, so that each sample counts once. */
final class WrittenScorer implements Scorer {
    private final List<Score> scores;
    private final Rule rule;
    private final String model;

    /**
     * A scorer by its rule.
     *
     * @param scores that the rule gives, the deciding one first
     */
    WrittenScorer(List<Score> scores, Rule rule) {
        this(scores, rule, "");
    }

    /**
     * A scorer by its rule and the model that the rule asks.
     *
     * @param scores that the rule gives, the deciding one first
     */
    WrittenScorer(List<Score> scores, Rule rule, String model) {
        this.scores = List.copyOf(scores);
        this.rule = rule;
        this.model = model;
    }

    /** Judges one answer. */
    interface Rule {
        /** Vectors of the scores, in the order of the scorer's. */
        List<double[]> judge(Question question, String answer);
    }

    @Override
    public List<Score> scores() {
        return scores;
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public Map<String, double[]> score(Question question, List<Reply> replies) {
        if (replies.isEmpty()) {
            throw new ScoringException("there is no answer to judge");
        }
        Map<String, double[]> vectors = new LinkedHashMap<>();
        for (Reply reply : replies) {
            List<double[]> judged = rule.judge(question, reply.text());
            for (int score = 0; score < scores.size(); score++) {
                double[] vector = judged.get(score);
                double[] mean = vectors.computeIfAbsent(scores.get(score).id(), id -> new double[vector.length]);
                for (int i = 0; i < vector.length; i++) {
                    mean[i] += vector[i] / replies.size();
                }
            }
        }
        return vectors;
    }
}
