package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.Rouge;
import java.util.ArrayList;
import java.util.List;

/** ROUGE-1, -2, -L and -Lsum with the nearest target. */
public final class RougeKind implements ScorerKind {
    @Override
    public String id() {
        return "rouge";
    }

    @Override
    public String description() {
        return "F-measures of ROUGE-L, -1, -2 and -Lsum with the nearest target; option stem: true takes words to their stems";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        boolean stem = options.flag("stem", false);
        List<Score> scores =
                List.of(Score.share("rougeL"), Score.share("rouge1"), Score.share("rouge2"), Score.share("rougeLsum"));
        return new WrittenScorer(scores, (question, answer) -> {
            double[] best = new double[4];
            for (String target : question.targets()) {
                best[0] = Math.max(best[0], Rouge.longest(answer, target, stem).f());
                best[1] =
                        Math.max(best[1], Rouge.ngrams(answer, target, 1, stem).f());
                best[2] =
                        Math.max(best[2], Rouge.ngrams(answer, target, 2, stem).f());
                best[3] = Math.max(
                        best[3], Rouge.longestByLine(answer, target, stem).f());
            }
            List<double[]> vectors = new ArrayList<>();
            for (double figure : best) {
                vectors.add(Aggregation.one(figure));
            }
            return vectors;
        });
    }
}
