package dev.weighbridge.inference.server;

import dev.weighbridge.api.GenerationRequest;
import java.util.List;

/**
 * A validated request for text.
 *
 * @param chat whether the answer has the chat form
 * @param prompts texts to continue, one choice each, exactly as the model sees them
 * @param maxTokens most tokens to generate for each; 0 only echoes
 * @param minTokens before which no end of sequence is chosen
 * @param ignoreEnd whether the answer goes on after an end of sequence
 * @param sampling how tokens are chosen
 * @param stop texts that end an answer
 * @param keepPrompt whether the computed prompt may be kept for later calls that begin alike, and taken from earlier ones
 * @param logProbabilities likeliest tokens to show for each position; 0 shows the chosen one only, -1 shows nothing
 * @param echo whether the answer begins with the prompt
 * @param stream whether the answer comes in events
 * @param includeUsage whether a stream ends with the token counts
 */
record Call(
        boolean chat,
        List<String> prompts,
        int maxTokens,
        int minTokens,
        boolean ignoreEnd,
        GenerationRequest.Sampling sampling,
        List<String> stop,
        boolean keepPrompt,
        int logProbabilities,
        boolean echo,
        boolean stream,
        boolean includeUsage) {
    Call {
        prompts = List.copyOf(prompts);
        stop = List.copyOf(stop);
    }
}
