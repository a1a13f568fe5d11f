package dev.weighbridge.inference;

import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.batching.BatchRow;
import dev.weighbridge.inference.sampling.TokenSampler;
import dev.weighbridge.inference.tokenizer.StreamDecoder;
import java.util.List;
import java.util.Set;

/** One answer: chooses its tokens, turns them into text, and knows when it is complete. */
final class AnswerRow implements BatchRow, Cancellation {
    private final int[] prompt;
    private final TextRequest request;
    private final int mostTokens;
    private final Set<Integer> endOfSequence;
    private final TextListener listener;
    private final TokenSampler sampler;
    private final StreamDecoder decoder;
    private final StopMatcher stops;
    private final TokenScorer scorer;
    private int generated;
    private volatile boolean cancelled;

    AnswerRow(
            int[] prompt,
            TextRequest request,
            int contextLength,
            Set<Integer> endOfSequence,
            TextListener listener,
            StreamDecoder decoder,
            TokenScorer scorer) {
        this.prompt = prompt;
        this.request = request;
        this.mostTokens = Math.min(request.maxTokens(), contextLength - prompt.length);
        this.endOfSequence = endOfSequence;
        this.listener = listener;
        this.sampler = new TokenSampler(request.sampling());
        this.decoder = decoder;
        this.stops = new StopMatcher(request.stop());
        this.scorer = scorer;
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    @Override
    public int next(float[] logits) {
        int token = sampler.choose(logits);
        if (endOfSequence.contains(token)) {
            return finish(FinishReason.STOP);
        }
        generated++;
        List<TokenScore> scores = request.topLogProbabilities() < 0
                ? List.of()
                : List.of(scorer.score(logits, token, request.topLogProbabilities()));
        String text = stops.push(decoder.push(token));
        if (!text.isEmpty() || !scores.isEmpty()) {
            listener.onText(text, scores);
        }
        if (stops.matched()) {
            listener.onFinish(prompt.length, generated, FinishReason.STOP);
            return END;
        }
        return generated < mostTokens ? token : finish(FinishReason.LENGTH);
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void fail(EngineException failure) {
        if (!cancelled) {
            listener.onFailure(failure);
        }
    }

    private int finish(FinishReason reason) {
        String rest = stops.push(decoder.finish()) + (stops.matched() ? "" : stops.finish());
        if (!rest.isEmpty()) {
            listener.onText(rest, List.of());
        }
        listener.onFinish(prompt.length, generated, reason);
        return END;
    }
}
