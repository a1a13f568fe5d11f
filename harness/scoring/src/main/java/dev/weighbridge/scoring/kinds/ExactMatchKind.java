package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.ExactMatch;
import java.util.List;

/** Whether the answer is one of the targets, after what a task says does not matter. */
public final class ExactMatchKind implements ScorerKind {
    @Override
    public String id() {
        return "exact-match";
    }

    @Override
    public String description() {
        return "1 when the answer equals a target, white space around both left out; options ignore (regular expressions), capitals, punctuation, digits (false: do not matter), spaces (true: matter)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        ExactMatch match = new ExactMatch(
                Expressions.compiled(options.texts("ignore"), "ignore"),
                options.flag("capitals", true),
                options.flag("punctuation", true),
                options.flag("digits", true));
        boolean spaces = options.flag("spaces", false);
        return new WrittenScorer(List.of(Score.share("exact_match")), (question, answer) -> {
            boolean right = question.targets().stream()
                    .anyMatch(target ->
                            spaces ? match.matches(answer, target) : match.matches(answer.strip(), target.strip()));
            return List.of(Aggregation.one(right ? 1 : 0));
        });
    }
}
