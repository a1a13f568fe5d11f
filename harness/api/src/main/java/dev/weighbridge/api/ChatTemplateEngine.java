package dev.weighbridge.api;

import java.util.List;

/** An engine that shows the text which its model's chat template makes of messages, so that it can be continued and scored. */
public interface ChatTemplateEngine extends Engine {
    /**
     * The text that the model sees, up to where the assistant's answer begins. Where the last message is the assistant's, that
     * answer has begun, and the text ends where the message does.
     *
     * @param messages at least one
     * @throws EngineException of category BAD_REQUEST when the model has no chat template or it refuses these messages
     */
    String chatPrompt(List<ChatMessage> messages);
}
