package dev.weighbridge.engines.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.ScoringEngine;

/**
 * Finds the continuation among the echoed tokens of a scored text.
 *
 * <p>White space at the end of the context counts as the continuation's, as in lm-evaluation-harness, since tokenizers of
 * this family join a space to the word after it. A token belongs to the continuation when it covers at least one character
 * of it: a token that begins in the context and ends in the continuation is counted, since without it part of the
 * continuation would go unscored. A tokenizer's own mark at the start of a text is never counted. Offsets are in code points.
 */
final class ContinuationScore {
    private ContinuationScore() {}

    /**
     * @param logprobs of the echoed text, as the completions API returns them
     * @throws EngineException when they are malformed, or the first token of the text would have to be scored
     */
    static ScoringEngine.Score of(JsonNode logprobs, String context, String continuation) {
        JsonNode likelihoods = logprobs.path("token_logprobs");
        JsonNode best = logprobs.path("top_logprobs");
        JsonNode offsets = logprobs.path("text_offset");
        int count = likelihoods.size();
        if (count == 0 || best.size() != count || offsets.size() != count) {
            throw new EngineException(
                    Category.FAILED,
                    "the server returned " + count + " token_logprobs, " + best.size() + " top_logprobs and "
                            + offsets.size() + " text_offset; scoring needs as many of each, and at least one");
        }
        String kept = context.stripTrailing();
        int boundary = kept.codePointCount(0, kept.length());
        int whole = context.codePointCount(0, context.length()) + continuation.codePointCount(0, continuation.length());
        double sum = 0;
        int tokens = 0;
        boolean greedy = true;
        for (int i = 0; i < count; i++) {
            int start = offsets.get(i).asInt();
            int end = i + 1 < count ? offsets.get(i + 1).asInt() : whole;
            boolean mark = i == 0 && end == start;
            boolean generated = start >= whole;
            if (mark || generated || (start < boundary && end <= boundary)) {
                continue;
            }
            if (!likelihoods.get(i).isNumber()) {
                throw new EngineException(
                        Category.BAD_REQUEST,
                        "the continuation begins with the first token of the text, which has no likelihood. "
                                + "Give it a context of at least one token");
            }
            double likelihood = likelihoods.get(i).asDouble();
            sum += likelihood;
            tokens++;
            for (JsonNode other : best.get(i)) {
                greedy &= likelihood >= other.asDouble();
            }
        }
        if (tokens == 0) {
            throw new EngineException(Category.BAD_REQUEST, "the continuation is empty: there is nothing to score");
        }
        return new ScoringEngine.Score(sum, tokens, greedy);
    }
}
