package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.MinervaAnswer;
import java.util.List;

/** Whether the final answer to a problem of mathematics is the right one, as Minerva was judged. */
public final class MinervaMathKind implements ScorerKind {
    @Override
    public String id() {
        return "minerva-math";
    }

    @Override
    public String description() {
        return "1 when what follows 'Final Answer: The final answer is' is the target, in one way of writing or as a formula of the same value (Minerva)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return new WrittenScorer(List.of(Score.share("exact_match")), (question, answer) -> {
            question.requireTarget();
            boolean right = question.targets().stream().anyMatch(target -> MinervaAnswer.right(answer, target));
            return List.of(Aggregation.one(right ? 1 : 0));
        });
    }
}
