package dev.weighbridge.api;

import java.util.List;

/** An engine that shows its raw logits, which parity checks need. */
public interface LogitsEngine extends Engine {
    /**
     * Runs one text through the model and returns the logits of every position.
     *
     * @throws EngineException when the engine failed or refused
     */
    Logits logits(String text);

    /**
     * Text that each token adds to a text, by id, as many as a row of logits has values; empty where a token has none. By it logits
     * are held against log-probabilities that a server gives by text.
     *
     * @throws EngineException when the engine failed
     */
    List<String> vocabulary();

    /**
     * Logits of one sequence.
     *
     * @param tokens ids of the sequence, length n
     * @param vocabularySize v
     * @param values n × v values, row-major; row i predicts token i + 1
     */
    record Logits(int[] tokens, int vocabularySize, float[] values) {
        public Logits {
            if (values.length != (long) tokens.length * vocabularySize) {
                throw new IllegalArgumentException(
                        "logits hold " + values.length + " values, expected " + tokens.length + " x " + vocabularySize);
            }
        }
    }
}
