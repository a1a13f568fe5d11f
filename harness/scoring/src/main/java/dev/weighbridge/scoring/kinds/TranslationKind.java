package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import dev.weighbridge.scoring.text.Bleu;
import dev.weighbridge.scoring.text.Chrf;
import dev.weighbridge.scoring.text.Ter;
import java.util.ArrayList;
import java.util.List;

/** BLEU, chrF and chrF++ over all samples together; the sample's own chrF decides between variants. */
public final class TranslationKind implements ScorerKind {
    @Override
    public String id() {
        return "translation";
    }

    @Override
    public String description() {
        return "chrF of the sample as a share, and over all samples together BLEU (13a), chrF and chrF++ as sacrebleu computes them; option ter: true adds TER (edits by word, in percent; less is better)";
    }

    @Override
    public Accepts accepts() {
        return Accepts.WRITTEN;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        boolean edits = options.flag("ter", false);
        List<Score> scores = new ArrayList<>(List.of(
                Score.share("chrf_sample"),
                new Score("bleu", Bleu.CORPUS, true, false),
                new Score("chrf", Chrf.CHRF, true, false),
                new Score("chrf++", Chrf.CHRF_PLUS_PLUS, true, false)));
        if (edits) {
            scores.add(new Score("ter", Ter.CORPUS, false, false));
        }
        return new WrittenScorer(scores, (question, answer) -> {
            question.requireTarget();
            double[] chrf = Chrf.statistics(answer, question.targets(), 0);
            List<double[]> vectors = new ArrayList<>(List.of(
                    Aggregation.one(Chrf.CHRF.of(chrf) / 100),
                    Bleu.statistics(answer, question.targets()),
                    chrf,
                    Chrf.statistics(answer, question.targets(), 2)));
            if (edits) {
                vectors.add(Ter.statistics(answer, question.targets()));
            }
            return vectors;
        });
    }
}
