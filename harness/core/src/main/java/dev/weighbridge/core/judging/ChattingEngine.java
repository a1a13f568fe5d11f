package dev.weighbridge.core.judging;

import dev.weighbridge.api.ChatMessage;
import dev.weighbridge.api.ChatTemplateEngine;
import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.TokenListener;
import java.util.List;

/**
 * An engine whose prompts are a user's messages, by the chat template of its model: a judge was trained to be asked so.
 *
 * @param engine that is asked
 */
public record ChattingEngine(ChatTemplateEngine engine) implements Engine {
    /** Whether the model of an engine has a template that takes a user's message. */
    public static boolean possible(Engine engine) {
        if (!(engine instanceof ChatTemplateEngine template)) {
            return false;
        }
        try {
            template.chatPrompt(message("Hello"));
            return true;
        } catch (EngineException e) {
            if (e.category() == EngineException.Category.BAD_REQUEST) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public EngineInfo info() {
        return engine.info();
    }

    @Override
    public Completion generate(GenerationRequest request, TokenListener listener) {
        return engine.generate(
                new GenerationRequest(
                        engine.chatPrompt(message(request.prompt())),
                        request.maxTokens(),
                        request.sampling(),
                        request.stop()),
                listener);
    }

    @Override
    public void close() {
        engine.close();
    }

    private static List<ChatMessage> message(String text) {
        return List.of(new ChatMessage(ChatMessage.USER, text));
    }
}
