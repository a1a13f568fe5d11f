package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.ScoringException;
import dev.weighbridge.scoring.text.NormalizedText;
import dev.weighbridge.scoring.text.TokenF1;
import java.util.List;

/** Overlap of words with the nearest target, as SQuAD counts it, with exact match by the same normalization. */
public final class F1Kind implements ScorerKind {
    @Override
    public String id() {
        return "f1";
    }

    @Override
    public String description() {
        return "F1 of the words with the nearest target, each as often as it is there (SQuAD); quasi_exact_match by the same normalization; option count: sets takes different words only";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        String count = options.text("count", "multisets");
        if (!count.equals("multisets") && !count.equals("sets")) {
            throw new ScoringException("option 'count' of scorer f1 must be multisets or sets, got: " + count);
        }
        boolean sets = count.equals("sets");
        return new WrittenScorer(
                List.of(Score.share(sets ? "f1_sets" : "f1"), Score.share("quasi_exact_match")), (question, answer) -> {
                    String plain = NormalizedText.of(answer);
                    double best = 0;
                    boolean equal = false;
                    for (String target : question.targets()) {
                        best = Math.max(
                                best, sets ? TokenF1.ofSets(answer, target) : TokenF1.ofMultisets(answer, target));
                        equal |= plain.equals(NormalizedText.of(target));
                    }
                    return List.of(Aggregation.one(best), Aggregation.one(equal ? 1 : 0));
                });
    }
}
