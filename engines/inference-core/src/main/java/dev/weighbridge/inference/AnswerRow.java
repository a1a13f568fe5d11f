package dev.weighbridge.inference;

import dev.weighbridge.api.Completion.FinishReason;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.batching.BatchRow;
import dev.weighbridge.inference.sampling.TokenSampler;
import dev.weighbridge.inference.tokenizer.StreamDecoder;
import java.util.BitSet;
import java.util.List;

/** One answer: chooses its tokens, turns them into text, and knows when it is complete. */
final class AnswerRow implements BatchRow, Cancellation {
    private final int[] prompt;
    private final int mostTokens;
    private final int leastTokens;
    private final boolean ignoreEnd;
    private final boolean keepPrompt;
    private final int topLogProbabilities;
    private final BitSet endOfSequence;
    private final TextListener listener;
    private final TokenSampler sampler;
    private final StreamDecoder decoder;
    private final StopMatcher stops;
    private final TokenScorer scorer;
    private int generated;
    /** Code points of the prompt and of what the tokens so far added, whether it was given out or is held back. */
    private int length;

    private volatile boolean cancelled;

    /**
     * @param mostTokens to generate, within the request's limit and the context
     * @param endOfSequence token ids that end the answer
     */
    AnswerRow(
            int[] prompt,
            TextRequest request,
            int mostTokens,
            BitSet endOfSequence,
            TextListener listener,
            StreamDecoder decoder,
            TokenScorer scorer) {
        this.prompt = prompt;
        this.mostTokens = mostTokens;
        this.leastTokens = request.minTokens();
        this.ignoreEnd = request.ignoreEnd();
        this.keepPrompt = request.keepPrompt();
        this.topLogProbabilities = request.topLogProbabilities();
        this.endOfSequence = endOfSequence;
        this.listener = listener;
        this.sampler = new TokenSampler(request.sampling());
        this.decoder = decoder;
        this.stops = new StopMatcher(request.stop());
        this.scorer = scorer;
        this.length = codePoints(request.prompt());
    }

    @Override
    public int[] prompt() {
        return prompt;
    }

    @Override
    public boolean keepsPrompt() {
        return keepPrompt;
    }

    @Override
    public int next(float[] logits) {
        int token = choose(logits);
        if (endOfSequence.get(token) && !ignoreEnd) {
            return finish(FinishReason.STOP);
        }
        generated++;
        String piece = decoder.push(token);
        String text = stops.push(piece);
        if (topLogProbabilities >= 0) {
            listener.onText(text, List.of(scorer.score(logits, token, piece, length, topLogProbabilities)));
            length += codePoints(piece);
        } else if (!text.isEmpty()) {
            listener.onText(text, List.of());
        }
        if (stops.matched()) {
            listener.onFinish(prompt.length, generated, FinishReason.STOP);
            return END;
        }
        return generated < mostTokens ? token : finish(FinishReason.LENGTH);
    }

    /** The likeliest token needs no copy of the logits as long as it does not end the answer. */
    private int choose(float[] logits) {
        boolean mayEnd = generated >= leastTokens;
        if (!mayEnd && sampler.greedy()) {
            int likeliest = sampler.choose(logits);
            return endOfSequence.get(likeliest) ? sampler.choose(withoutEnd(logits)) : likeliest;
        }
        return sampler.choose(mayEnd ? logits : withoutEnd(logits));
    }

    /** The logits with every end of sequence made impossible; the given ones belong to the session and are left alone. */
    private float[] withoutEnd(float[] logits) {
        float[] masked = logits.clone();
        endOfSequence.stream()
                .filter(token -> token < masked.length)
                .forEach(token -> masked[token] = Float.NEGATIVE_INFINITY);
        return masked;
    }

    @Override
    public boolean cancelled() {
        cancelled = cancelled || listener.gone();
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

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private int finish(FinishReason reason) {
        String rest = stops.push(decoder.finish());
        if (!stops.matched()) {
            rest += stops.finish();
        }
        if (!rest.isEmpty()) {
            listener.onText(rest, List.of());
        }
        listener.onFinish(prompt.length, generated, stops.matched() ? FinishReason.STOP : reason);
        return END;
    }
}
