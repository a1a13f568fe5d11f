package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.text.NormalizedText;
import dev.weighbridge.scoring.text.TokenF1;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exact match and F1 of SQuAD 2.0 (Rajpurkar et al., arXiv 1806.03822), in percent as its script gives them, over all questions and apart
 * over those with and without an answer. A question without an answer is answered right by nothing at all.
 */
public final class SquadKind implements ScorerKind {
    private static final Aggregation PERCENT = new Aggregation("percent", 2, sums -> 100 * sums[0] / sums[1]);

    @Override
    public String id() {
        return "squad";
    }

    @Override
    public String description() {
        return "exact match as a share, and exact and f1 in percent as SQuAD 2.0's script gives them, also over questions with an answer (HasAns) and without (NoAns) apart; column answers (option column) has the right ones under text";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String column = options.text("column", "answers");
        List<Score> scores = new ArrayList<>(List.of(Score.share("exact_share")));
        for (String name : List.of("exact", "f1", "HasAns_exact", "HasAns_f1", "NoAns_exact", "NoAns_f1")) {
            scores.add(new Score(name, PERCENT, true, false));
        }
        return new WrittenScorer(scores, (question, answer) -> {
            List<String> given = answers(question.row().get(column), column);
            List<String> right = given.stream()
                    .filter(text -> !NormalizedText.of(text).isEmpty())
                    .toList();
            String plain = NormalizedText.of(answer);
            double exact = 0;
            double f1 = 0;
            for (String target : right.isEmpty() ? List.of("") : right) {
                exact = Math.max(exact, plain.equals(NormalizedText.of(target)) ? 1 : 0);
                f1 = Math.max(f1, TokenF1.ofMultisets(answer, target));
            }
            boolean answered = !given.isEmpty();
            return List.of(
                    Aggregation.one(exact),
                    Aggregation.one(exact),
                    Aggregation.one(f1),
                    counted(exact, answered),
                    counted(f1, answered),
                    counted(exact, !answered),
                    counted(f1, !answered));
        });
    }

    private static double[] counted(double score, boolean counts) {
        return counts ? Aggregation.one(score) : new double[2];
    }

    private static List<String> answers(@Nullable Object value, String column) {
        if (value instanceof Map<?, ?> answers && answers.get("text") instanceof List<?> texts) {
            return texts.stream().map(String::valueOf).toList();
        }
        throw new ScoringException(
                "the row has no list of texts under 'text' in column '" + column + "', got: " + value);
    }
}
