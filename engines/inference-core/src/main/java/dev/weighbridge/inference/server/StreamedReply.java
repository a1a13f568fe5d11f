package dev.weighbridge.inference.server;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.TokenScore;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An answer as server-sent events. The response head waits for the first event, so that an early failure has its status. */
final class StreamedReply extends Reply {
    private final Call call;
    private final Exchange exchange;
    private final AnswerFormat format;
    private final TokenJson[] tokenJson;
    private @Nullable EventStream stream;

    StreamedReply(Call call, Exchange exchange, AnswerFormat format, Executor responses) {
        super(exchange, responses, call.prompts().size());
        this.call = call;
        this.exchange = exchange;
        this.format = format;
        this.tokenJson = TokenJson.forChoices(call);
    }

    @Override
    void onText(int index, String text, List<TokenScore> tokens) {
        if (text.isEmpty() && (call.logProbabilities() < 0 || tokens.isEmpty())) {
            return;
        }
        tokenJson[index].add(tokens);
        stream().send(format.textChunk(index, text, tokenJson[index].take()));
    }

    @Override
    void onFinish(int index, Completion.FinishReason reason) {
        stream().send(format.finishChunk(index, reason));
    }

    @Override
    void onComplete(int promptTokens, int outputTokens) {
        EventStream events = stream();
        if (call.includeUsage()) {
            events.send(format.usageChunk(promptTokens, outputTokens));
        }
        events.end(true);
    }

    @Override
    void onFailure(Throwable failure) {
        if (stream == null) {
            exchange.fail(failure);
            return;
        }
        ApiException error =
                failure instanceof EngineException engine ? ApiException.of(engine) : ApiException.internal();
        stream.send(AnswerFormat.bytes(error.toJson()));
        stream.end(false);
    }

    private EventStream stream() {
        EventStream open = stream;
        if (open == null) {
            open = exchange.stream(this::cancel);
            stream = open;
            if (format.chat()) {
                for (int index = 0; index < call.prompts().size(); index++) {
                    open.send(format.roleChunk(index));
                }
            }
        }
        return open;
    }
}
