package dev.weighbridge.engines.triton;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one answer. Its tokens are those that the model counts: vLLM's backend gives the tokens of each response and the prompt's with
 * any; where a model gives none, they are not known and not guessed.
 */
final class Reading {
    /** Most characters of an answer. */
    static final int ANSWER_CHARACTERS = 64 << 20;

    private static final int UNKNOWN = -1;

    private final Tensors tensors;
    private final GenerationRequest request;
    private final TokenListener listener;
    private final PieceDecoder decoder = new PieceDecoder();
    private final StopTexts stops;
    private final StringBuilder text = new StringBuilder();
    private int promptTokens = UNKNOWN;
    private int outputTokens = UNKNOWN;
    private @Nullable String finish;

    Reading(Tensors tensors, GenerationRequest request, TokenListener listener) {
        this.tensors = tensors;
        this.request = request;
        this.listener = listener;
        stops = new StopTexts(request.stop());
    }

    /** Reads to the end, or to a stop text. */
    Completion read(Responses responses) {
        try (responses) {
            int count = 0;
            Response response = responses.next();
            while (response != null) {
                count++;
                accept(response.outputs());
                response = stops.stopped() ? null : responses.next();
            }
            if (count == 0) {
                throw new EngineException(Category.FAILED, "the model gave no response");
            }
        }
        say(stops.accept(decoder.end()));
        say(stops.end());
        return new Completion(text.toString(), promptTokens, outputTokens, finishReason());
    }

    private void accept(Map<String, Object> outputs) {
        // Before the text: where that ends at a stop text, the tokens were generated still.
        int tokens = count(outputs, Field.OUTPUT_TOKENS);
        if (tokens != UNKNOWN) {
            outputTokens = (int) Math.min(Integer.MAX_VALUE, Math.max(0L, outputTokens) + tokens);
        }
        int prompt = count(outputs, Field.INPUT_TOKENS);
        promptTokens = prompt == UNKNOWN ? promptTokens : prompt;
        Object reason = outputs.get(tensors.name(Field.FINISH_REASON));
        if (reason != null) {
            String said = said(reason);
            // vLLM's backend says "None" while there is none.
            finish = said.isEmpty() || said.equals("None") ? finish : said;
        }
        Object piece = outputs.get(tensors.name(Field.TEXT_OUTPUT));
        if (piece instanceof byte[] bytes) {
            say(stops.accept(decoder.accept(bytes)));
        } else if (piece instanceof String whole) {
            say(stops.accept(whole));
        }
    }

    private void say(String piece) {
        if (piece.isEmpty()) {
            return;
        }
        if (text.length() + piece.length() > ANSWER_CHARACTERS) {
            throw new EngineException(
                    Category.FAILED, "the model's answer has more than " + ANSWER_CHARACTERS + " characters");
        }
        text.append(piece);
        listener.onText(piece);
    }

    private Completion.FinishReason finishReason() {
        if (stops.stopped()) {
            return Completion.FinishReason.STOP;
        }
        boolean full = finish == null ? outputTokens >= request.maxTokens() : finish.equals("length");
        return full ? Completion.FinishReason.LENGTH : Completion.FinishReason.STOP;
    }

    private int count(Map<String, Object> outputs, Field field) {
        Object value = outputs.get(tensors.name(field));
        return value instanceof Number number && number.longValue() >= 0 && number.longValue() <= Integer.MAX_VALUE
                ? number.intValue()
                : UNKNOWN;
    }

    private static String said(Object reason) {
        return reason instanceof byte[] bytes ? new PieceDecoder().accept(bytes) : String.valueOf(reason);
    }
}
