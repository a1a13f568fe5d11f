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

    /** Starts the answer to a call; blocks only while an echoed prompt is scored. */
    void answer(Exchange exchange, Call call) {
        AnswerFormat format = new AnswerFormat(
                call.chat(), call.includeUsage(), service.info().modelName());
        Reply reply = call.stream()
                ? new StreamedReply(call, exchange, format, responses)
                : new CollectedReply(call, exchange, format, responses);
        for (int index = 0; index < call.prompts().size() && !reply.cancelled(); index++) {
            try {
                start(call, index, reply);
            } catch (RuntimeException | Error e) {
                reply.fail(e);
                return;
            }
        }
    }

    private void start(Call call, int index, Reply reply) {
        String prompt = call.prompts().get(index);
        TextListener listener = reply.listener(index);
        if (call.echo()) {
            List<TokenScore> scores =
                    call.logProbabilities() < 0 ? List.of() : service.score(prompt, call.logProbabilities());
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
                        call.logProbabilities()),
                listener));
    }
}
