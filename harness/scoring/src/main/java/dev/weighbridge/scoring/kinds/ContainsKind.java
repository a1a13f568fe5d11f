package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import java.util.List;
import java.util.Locale;

/** Whether the answer contains a target. */
public final class ContainsKind implements ScorerKind {
    @Override
    public String id() {
        return "contains";
    }

    @Override
    public String description() {
        return "1 when a target is part of the answer; option capitals: false lets capitals not matter";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        boolean capitals = options.flag("capitals", true);
        return new WrittenScorer(List.of(Score.share("contains")), (question, answer) -> {
            String own = capitals ? answer : answer.toLowerCase(Locale.ROOT);
            boolean found = question.targets().stream()
                    .map(target -> capitals ? target : target.toLowerCase(Locale.ROOT))
                    .anyMatch(own::contains);
            return List.of(Aggregation.one(found ? 1 : 0));
        });
    }
}
