package dev.weighbridge.inference;

import dev.weighbridge.inference.sampling.LogProbabilities;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.util.ArrayList;
import java.util.List;

/** Log-probabilities of tokens: the logit less the logarithm of the sum of all exponentials, before any temperature. */
final class TokenScorer {
    private final TextTokenizer tokenizer;

    TokenScorer(TextTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The likelihood of a token at the position that the logits are for, with the {@code top} likeliest ones. */
    TokenScore score(float[] logits, int token, String text, int offset, int top) {
        double normalizer = LogProbabilities.normalizer(logits);
        List<TokenScore.Alternative> alternatives = new ArrayList<>();
        for (int other : LogProbabilities.likeliest(logits, top)) {
            alternatives.add(new TokenScore.Alternative(other, tokenizer.piece(other), logits[other] - normalizer));
        }
        return new TokenScore(token, text, offset, logits[token] - normalizer, alternatives);
    }
}
