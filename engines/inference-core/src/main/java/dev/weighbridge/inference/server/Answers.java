package dev.weighbridge.inference.server;

import dev.weighbridge.api.Completion;
import dev.weighbridge.inference.InferenceService;
import dev.weighbridge.inference.TextListener;
import dev.weighbridge.inference.TextRequest;
import dev.weighbridge.inference.TokenScore;
import java.util.List;
import java.util.concurrent.Executor;

/** Puts validated calls to the engine and its answers on their way back. */
final class Answers {
    private final InferenceService service;
    private final Executor responses;

    Answers(InferenceService service, Executor responses) {
        this.service = service;
        this.responses = responses;
    }

    /** Starts the answers to a call; blocks only while echoed prompts are scored. */
    void answer(Exchange exchange, Call call) {
        AnswerFormat format = new AnswerFormat(
                call.chat(), call.includeUsage(), service.info().modelName());
        Reply reply = call.stream()
                ? new StreamedReply(call, exchange, format, responses)
                : new CollectedReply(call, exchange, format, responses);
        List<List<TokenScore>> scores = List.of();
        for (int index = 0; index < call.prompts().size() && !reply.cancelled(); index++) {
            try {
                if (index == 0 && call.echo() && call.logProbabilities() >= 0) {
                    scores = service.score(call.prompts(), call.logProbabilities());
                }
                start(call, index, reply, scores.isEmpty() ? List.of() : scores.get(index));
            } catch (RuntimeException | Error e) {
                reply.fail(e);
                return;
            }
        }
    }

    private void start(Call call, int index, Reply reply, List<TokenScore> scores) {
        String prompt = call.prompts().get(index);
        TextListener listener = reply.listener(index);
        if (call.echo()) {
            listener.onText(prompt, scores);
        }
        if (call.maxTokens() == 0) {
            int tokens = service.tokenizer().encode(prompt).length;
            reply.finish(index, tokens, 0, Completion.FinishReason.LENGTH);
            return;
        }
        reply.cancelWith(service.generate(
                new TextRequest(
                        prompt,
                        call.maxTokens(),
                        call.minTokens(),
                        call.ignoreEnd(),
                        call.sampling(),
                        call.stop(),
                        call.keepPrompt(),
                        call.logProbabilities()),
                listener));
    }
}
