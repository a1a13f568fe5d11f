package dev.weighbridge.datasets;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.ChatMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of one prompt, in order: a system message or none, then what the user says and what the assistant answers, in turn. They
 * are joined as lm-evaluation-harness does (version 0.4.13, {@code Message} and {@code multiturn_to_singleturn} of
 * {@code lm_eval/api/utils.py}).
 *
 * @param parts at least one
 */
public record PromptParts(List<Part> parts) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public PromptParts {
        parts = List.copyOf(parts);
    }

    /**
     * One part.
     *
     * @param role as {@link ChatMessage} has it
     * @param text of it
     * @param after what follows it where the next part is joined to it as plain text
     */
    public record Part(String role, String text, String after) {}

    /** A prompt that is nothing but a question, with a system message unless it is empty. */
    public static PromptParts of(String system, String question) {
        List<Part> parts = new ArrayList<>();
        if (!system.isEmpty()) {
            parts.add(new Part(ChatMessage.SYSTEM, system, "\n\n"));
        }
        parts.add(new Part(ChatMessage.USER, question, ""));
        return new PromptParts(parts);
    }

    /** The same with the system message at the beginning of what the user says first; as they are without one. */
    PromptParts withSystemInUser() {
        Part system = parts.get(0);
        if (parts.size() < 2
                || !system.role().equals(ChatMessage.SYSTEM)
                || !parts.get(1).role().equals(ChatMessage.USER)) {
            return this;
        }
        Part user = parts.get(1);
        List<Part> joined = new ArrayList<>();
        joined.add(new Part(ChatMessage.USER, system.text().stripTrailing() + "\n\n" + user.text(), user.after()));
        joined.addAll(parts.subList(2, parts.size()));
        return new PromptParts(joined);
    }

    /** All as plain text. */
    public String text() {
        return text(parts);
    }

    /**
     * All as messages of a chat.
     *
     * @param apart whether each part is a message of its own; otherwise the system message is one, what the assistant's answer
     *     begins with another, and all between them a third
     */
    public List<ChatMessage> messages(boolean apart) {
        if (apart) {
            return parts.stream().map(PromptParts::message).toList();
        }
        List<ChatMessage> messages = new ArrayList<>();
        int from = parts.get(0).role().equals(ChatMessage.SYSTEM) ? 1 : 0;
        boolean begun = parts.get(parts.size() - 1).role().equals(ChatMessage.ASSISTANT);
        int to = parts.size() - (begun ? 1 : 0);
        parts.subList(0, from).forEach(part -> messages.add(message(part)));
        Part last = parts.get(to - 1);
        messages.add(new ChatMessage(ChatMessage.USER, text(parts.subList(from, to - 1)) + last.text()));
        parts.subList(to, parts.size()).forEach(part -> messages.add(message(part)));
        return messages;
    }

    /** Messages as JSON, in which a chat is a text to be shown and compared. */
    public static String json(List<ChatMessage> messages) {
        return JSON.valueToTree(messages).toString();
    }

    private static ChatMessage message(Part part) {
        return new ChatMessage(part.role(), part.text());
    }

    private static String text(List<Part> parts) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.text()).append(part.after()));
        return text.toString();
    }
}
