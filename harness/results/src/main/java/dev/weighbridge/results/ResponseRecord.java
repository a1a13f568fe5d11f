package dev.weighbridge.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model gave back for one sample of a task, before anything was judged: a line of {@code responses_<task>.jsonl}. It
 * holds all that a scorer needs, so that answers can be judged again without the engine and without the data set.
 *
 * @param docId position of the sample in its task set
 * @param id of the sample
 * @param prompt as the model saw it
 * @param targets right answers
 * @param choices that were scored; empty for written answers
 * @param cluster of samples that share a source
 * @param row of the data set
 * @param docHash sha256 of the sample, hex: a sample that changed is asked again
 * @param replies one a repeat, or one a choice
 * @param failure why there is no reply, or {@code null} when there is one
 * @param cloze where the choices stand within the prompt; {@code null} where they follow it
 */
public record ResponseRecord(
        int docId,
        String id,
        String prompt,
        List<String> targets,
        List<String> choices,
        String cluster,
        Map<String, @Nullable Object> row,
        String docHash,
        List<Reply> replies,
        @Nullable String failure,
        @Nullable Cloze cloze) {
    public ResponseRecord {
        targets = List.copyOf(targets);
        choices = List.copyOf(choices);
        row = Collections.unmodifiableMap(new LinkedHashMap<>(row));
        replies = List.copyOf(replies);
    }

    /**
     * A prompt with a blank that each choice fills.
     *
     * @param prompts one for each choice
     * @param ending after each, whose likelihood was asked, without the delimiter
     */
    public record Cloze(List<String> prompts, String ending) {
        public Cloze {
            prompts = List.copyOf(prompts);
        }
    }

    /**
     * One reply.
     *
     * @param text written by the model, or scored
     * @param logLikelihood of a scored text, natural logarithm; {@code null} for a written one
     * @param greedy whether each token of a scored text was the likeliest; {@code null} for a written one
     * @param promptTokens as the engine counted them; {@code null} where it does not say
     * @param tokens of the text as the engine counted them; -1 where it does not say
     * @param finishReason why a written answer ended, in lower case; {@code null} for a scored one
     * @param durationNs from the call of the engine to its return; texts scored in one call share it
     */
    public record Reply(
            String text,
            @Nullable Double logLikelihood,
            @Nullable Boolean greedy,
            @Nullable Integer promptTokens,
            int tokens,
            @Nullable String finishReason,
            long durationNs) {
        /** The same with another text. */
        public Reply withText(String other) {
            return new Reply(other, logLikelihood, greedy, promptTokens, tokens, finishReason, durationNs);
        }
    }
}
