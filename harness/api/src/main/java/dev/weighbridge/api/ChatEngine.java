package dev.weighbridge.api;

import java.util.List;

/** An engine that answers messages of a chat, by a template that it does not show. */
public interface ChatEngine extends Engine {
    /**
     * Answers a chat whose last message is the user's, and blocks until the answer is complete.
     *
     * @param messages at least one
     * @param request how long the answer may be, how its tokens are chosen and what ends it; its prompt is not used
     * @param listener hears each piece of text as it arrives, on the calling thread
     * @throws EngineException when the engine failed or refused; the category says how
     */
    Completion chat(List<ChatMessage> messages, GenerationRequest request, TokenListener listener);
}
