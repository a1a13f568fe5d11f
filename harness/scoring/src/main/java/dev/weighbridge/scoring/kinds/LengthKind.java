package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.NormalizedText;
import java.util.List;

/** How long the answer is; for tasks whose answers nothing here can judge. */
public final class LengthKind implements ScorerKind {
    @Override
    public String id() {
        return "length";
    }

    @Override
    public String description() {
        return "whether there is an answer at all, and its length in words and characters";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        List<Score> scores = List.of(
                Score.share("answered"),
                new Score("words", Aggregation.MEAN, true, false),
                new Score("characters", Aggregation.MEAN, true, false));
        return new WrittenScorer(
                scores,
                (question, answer) -> List.of(
                        Aggregation.one(answer.isBlank() ? 0 : 1),
                        Aggregation.one(NormalizedText.words(answer).size()),
                        Aggregation.one(answer.codePointCount(0, answer.length()))));
    }
}
