package dev.weighbridge.inference.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.inference.TokenScore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code logprobs} objects of one choice, which grow with its tokens.
 *
 * <p>Text completions: {@code tokens}, {@code token_logprobs}, {@code top_logprobs} and {@code text_offset}, parallel arrays;
 * offsets are code points from the start of the choice's text, echoed prompt included. The first token of an echoed text has
 * no likelihood, which is null. Chats: {@code content}, one object a token.
 */
final class TokenJson {
    private final boolean shown;
    private final boolean chat;
    /** Code points of a prompt that is not part of the choice's text. */
    private final int leftOut;

    private @Nullable ObjectNode pending;

    private TokenJson(boolean shown, boolean chat, int leftOut) {
        this.shown = shown;
        this.chat = chat;
        this.leftOut = leftOut;
    }

    /** One for each choice of a call. */
    static TokenJson[] forChoices(Call call) {
        TokenJson[] all = new TokenJson[call.prompts().size()];
        for (int index = 0; index < all.length; index++) {
            String prompt = call.prompts().get(index);
            int leftOut = call.echo() ? 0 : prompt.codePointCount(0, prompt.length());
            all[index] = new TokenJson(call.logProbabilities() >= 0, call.chat(), leftOut);
        }
        return all;
    }

    /** Adds the next tokens. */
    void add(List<TokenScore> tokens) {
        if (!shown) {
            return;
        }
        ObjectNode json = pending();
        for (TokenScore token : tokens) {
            if (chat) {
                json.withArray("content").add(chatToken(token));
            } else {
                addCompletionToken(json, token, token.offset() - leftOut);
            }
        }
    }

    /** What was added since it was last taken; {@code null} when the call asked for none. */
    @Nullable
    JsonNode take() {
        if (!shown) {
            return null;
        }
        JsonNode taken = pending();
        pending = null;
        return taken;
    }

    private ObjectNode pending() {
        ObjectNode json = pending;
        if (json == null) {
            json = JsonNodeFactory.instance.objectNode();
            if (chat) {
                json.putArray("content");
            } else {
                json.putArray("tokens");
                json.putArray("token_logprobs");
                json.putArray("top_logprobs");
                json.putArray("text_offset");
            }
            pending = json;
        }
        return json;
    }

    private static void addCompletionToken(ObjectNode json, TokenScore token, int offset) {
        json.withArray("tokens").add(token.text());
        json.withArray("token_logprobs").add(token.logProbability());
        ArrayNode top = json.withArray("top_logprobs");
        if (token.logProbability() == null) {
            top.addNull();
        } else {
            ObjectNode likeliest = top.addObject();
            for (TokenScore.Alternative alternative : token.top()) {
                // Tokens that are parts of one character may look alike; the likeliest of them is the one kept.
                if (!likeliest.has(alternative.text())) {
                    likeliest.put(alternative.text(), alternative.logProbability());
                }
            }
        }
        json.withArray("text_offset").add(offset);
    }

    private static ObjectNode chatToken(TokenScore token) {
        ObjectNode json = described(token.text(), token.logProbability());
        ArrayNode top = json.putArray("top_logprobs");
        for (TokenScore.Alternative alternative : token.top()) {
            top.add(described(alternative.text(), alternative.logProbability()));
        }
        return json;
    }

    private static ObjectNode described(String text, @Nullable Double logProbability) {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("token", text).put("logprob", logProbability);
        ArrayNode bytes = json.putArray("bytes");
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(value & 0xff);
        }
        return json;
    }
}
