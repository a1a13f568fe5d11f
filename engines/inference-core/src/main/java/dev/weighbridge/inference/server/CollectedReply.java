package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Completion;
import dev.weighbridge.inference.TokenScore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** An answer that is sent whole once every choice has ended. */
final class CollectedReply extends Reply {
    private final Exchange exchange;
    private final AnswerFormat format;
    private final TokenJson[] tokenJson;
    private final StringBuilder[] texts;
    private final @Nullable ObjectNode[] choices;

    CollectedReply(Call call, Exchange exchange, AnswerFormat format, Executor responses) {
        super(exchange, responses, call.prompts().size());
        this.exchange = exchange;
        this.format = format;
        this.tokenJson = TokenJson.forChoices(call);
        this.texts = new StringBuilder[call.prompts().size()];
        this.choices = new ObjectNode[call.prompts().size()];
        for (int index = 0; index < texts.length; index++) {
            texts[index] = new StringBuilder();
        }
    }

    @Override
    void onText(int index, String text, List<TokenScore> tokens) {
        texts[index].append(text);
        tokenJson[index].add(tokens);
    }

    @Override
    void onFinish(int index, Completion.FinishReason reason) {
        choices[index] = format.wholeChoice(index, texts[index].toString(), tokenJson[index].take(), reason);
    }

    @Override
    void onComplete(int promptTokens, int outputTokens) {
        List<ObjectNode> all = new ArrayList<>(choices.length);
        for (ObjectNode choice : choices) {
            all.add(Objects.requireNonNull(choice, "choice that ended"));
        }
        exchange.respond(200, format.whole(all, promptTokens, outputTokens));
    }

    @Override
    void onFailure(Throwable failure) {
        exchange.fail(failure);
    }
}
