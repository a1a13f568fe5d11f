package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import java.util.List;

/** Whether the answer is one of the targets, character by character. */
public final class ExactMatchKind implements ScorerKind {
    @Override
    public String id() {
        return "exact-match";
    }

    @Override
    public String description() {
        return "1 when the answer equals a target, white space around both left out";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return new WrittenScorer(
                List.of(Score.share("exact_match")),
                (question, answer) -> List.of(Aggregation.one(
                        question.targets().stream()
                                        .anyMatch(target -> target.strip().equals(answer.strip()))
                                ? 1
                                : 0)));
    }
}
