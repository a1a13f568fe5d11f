package dev.weighbridge.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request for text.
 *
 * @param prompt text to continue, exactly as the model sees it
 * @param maxTokens most tokens to generate; at least 1
 * @param sampling how tokens are chosen
 * @param stop texts that end the answer and are not part of it
 */
public record GenerationRequest(String prompt, int maxTokens, Sampling sampling, List<String> stop) {
    public GenerationRequest {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, got: " + maxTokens);
        }
        stop = List.copyOf(stop);
    }

    /**
     * How the next token is chosen from the logits.
     *
     * @param temperature 0 takes the most likely token; above 0 divides the logits
     * @param topK keeps the k most likely tokens; 0 keeps all
     * @param topP keeps the smallest set of tokens whose probability reaches p; 1 keeps all
     * @param seed makes sampling repeatable; {@code null} draws a fresh one
     */
    public record Sampling(
            double temperature,
            int topK,
            double topP,
            @Nullable Long seed) {
        public static final Sampling GREEDY = new Sampling(0, 0, 1, null);

        public Sampling {
            if (!(temperature >= 0 && temperature <= 100)) {
                throw new IllegalArgumentException("temperature must be between 0 and 100, got: " + temperature);
            }
            if (topK < 0) {
                throw new IllegalArgumentException("top_k must be 0 (off) or more, got: " + topK);
            }
            if (!(topP > 0 && topP <= 1)) {
                throw new IllegalArgumentException("top_p must be above 0 and at most 1, got: " + topP);
            }
        }

        public boolean greedy() {
            return temperature == 0;
        }
    }
}
