package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.MathAnswer;
import java.util.List;

/** Whether the answer to a problem of mathematics is the target but for how it is written. */
public final class MathKind implements ScorerKind {
    @Override
    public String id() {
        return "math";
    }

    @Override
    public String description() {
        return "1 when the answer, or what its last box holds, is the target by the rules of MATH; option same-value: true also takes equal numbers";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        boolean sameValue = options.flag("same-value", false);
        return new WrittenScorer(List.of(Score.share("exact_match")), (question, answer) -> {
            String own = MathAnswer.boxed(answer).orElse(answer.strip());
            boolean right = question.targets().stream()
                    .map(target -> MathAnswer.boxed(target).orElse(target.strip()))
                    .anyMatch(target ->
                            sameValue ? MathAnswer.sameValue(own, target) : MathAnswer.equivalent(own, target));
            return List.of(Aggregation.one(right ? 1 : 0));
        });
    }
}
