package dev.weighbridge.inference;

import dev.weighbridge.api.GenerationRequest.Sampling;
import java.util.List;

/**
 * A request for text inside the inference core.
 *
 * @param prompt exactly as the model sees it
 * @param maxTokens most tokens to generate; at least 1
 * @param sampling how tokens are chosen
 * @param stop texts that end the answer and are not part of it
 * @param minTokens before which no end of sequence is chosen; at most {@code maxTokens}
 * @param ignoreEnd whether the answer goes on after an end of sequence
 * @param keepPrompt whether the computed prompt may be kept for later requests that begin alike, and taken from earlier ones
 * @param topLogProbabilities likeliest tokens to report for each position; 0 reports the chosen one only, -1 none
 */
public record TextRequest(
        String prompt,
        int maxTokens,
        int minTokens,
        boolean ignoreEnd,
        Sampling sampling,
        List<String> stop,
        boolean keepPrompt,
        int topLogProbabilities) {
    public TextRequest {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, got: " + maxTokens);
        }
        if (minTokens < 0 || minTokens > maxTokens) {
            throw new IllegalArgumentException(
                    "minTokens must be from 0 to maxTokens, which is " + maxTokens + ", got: " + minTokens);
        }
        if (topLogProbabilities < -1) {
            throw new IllegalArgumentException(
                    "topLogProbabilities must be -1 (none) or more, got: " + topLogProbabilities);
        }
        stop = stop.stream().filter(text -> !text.isEmpty()).toList();
    }

    /** The same with its prompt computed whole. */
    TextRequest withoutKeeping() {
        return new TextRequest(prompt, maxTokens, minTokens, ignoreEnd, sampling, stop, false, topLogProbabilities);
    }

    /** A request whose answer ends where the model ends it, and whose prompt is computed whole. */
    public TextRequest(String prompt, int maxTokens, Sampling sampling, List<String> stop, int topLogProbabilities) {
        this(prompt, maxTokens, 0, false, sampling, stop, false, topLogProbabilities);
    }
}
