package dev.weighbridge.scoring.kinds;

import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Question;
import dev.weighbridge.scoring.Reply;
import dev.weighbridge.scoring.Score;
import dev.weighbridge.scoring.Scorer;
import dev.weighbridge.scoring.ScorerKind;
import dev.weighbridge.scoring.ScorerOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How well a model foretells a text: {@code bits_per_byte}, {@code byte_perplexity} and {@code word_perplexity} over all texts
 * together, by the definitions of lm-evaluation-harness (words are what white space splits; units are counted in the text as
 * published, which is the target where the task gives one).
 */
public final class PerplexityKind implements ScorerKind {
    private static final List<Score> SCORES = List.of(
            new Score("bits_per_byte", Aggregation.BITS, false, false),
            new Score("byte_perplexity", Aggregation.PERPLEXITY, false, false),
            new Score("word_perplexity", Aggregation.PERPLEXITY, false, false));
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public String id() {
        return "perplexity";
    }

    @Override
    public String description() {
        return "bits by byte, and perplexity by byte and by word, over all texts together; option column: where the text stands as published, whose bytes and words count";
    }

    @Override
    public Accepts accepts() {
        return Accepts.LIKELIHOOD;
    }

    @Override
    public Scorer open(ScorerOptions options) {
        return new Perplexity(options.text("column", ""));
    }

    /**
     * The scorer.
     *
     * @param column whose text is counted; empty for the target
     */
    private record Perplexity(String column) implements Scorer {
        @Override
        public List<Score> scores() {
            return SCORES;
        }

        @Override
        public Map<String, double[]> score(Question question, List<Reply> replies) {
            Reply reply = LikelihoodKind.only(replies);
            String text = !column.isEmpty()
                    ? question.text(column)
                    : question.targets().isEmpty()
                            ? reply.text()
                            : question.targets().get(0);
            double bytes = text.getBytes(StandardCharsets.UTF_8).length;
            double[] byByte = {reply.logLikelihood(), bytes};
            double words = SPACE.split(text, -1).length;
            return Map.of(
                    SCORES.get(0).id(),
                    byByte,
                    SCORES.get(1).id(),
                    byByte,
                    SCORES.get(2).id(),
                    new double[] {reply.logLikelihood(), words});
        }
    }
}
