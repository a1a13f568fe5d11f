package dev.weighbridge.datasets;

import dev.weighbridge.api.ChatMessage;
import java.util.List;

/**
 * How the parts of a prompt are put before a model.
 *
 * @param chat whether they are messages that the model's chat template makes one text of; otherwise they follow each other as
 *     plain text
 * @param turns whether solved questions are messages of their own, of the user and of the assistant; otherwise they stand before
 *     the question within its message
 * @param system instruction before everything; empty for none
 * @param systemInUser whether the system message stands before the first of the user's, within it, as for chat templates that have
 *     no place for one
 */
public record Prompting(boolean chat, boolean turns, String system, boolean systemInUser) {
    /** Plain text, as for a model that was not trained to chat. */
    public static final Prompting PLAIN = new Prompting(false, false, "");

    private static final int SHOWN = 80;
    /** Most characters of an instruction. */
    public static final int LONGEST_SYSTEM = 1 << 16;

    /** With a system message of its own. */
    public Prompting(boolean chat, boolean turns, String system) {
        this(chat, turns, system, false);
    }

    public Prompting {
        if (systemInUser && !chat) {
            throw new DataException("a system message can stand in the user's only where the prompt is a chat");
        }
        if (turns && !chat) {
            throw new DataException("solved questions can be turns of a chat only where the prompt is a chat");
        }
        if (system.length() > LONGEST_SYSTEM) {
            throw new DataException("the system prompt has " + system.length() + " characters; at most "
                    + LONGEST_SYSTEM + " are taken");
        }
    }

    /** What it is for a task: the likelihood of a text with nothing before it is that of the text alone. */
    public Prompting of(TaskSet.Output output) {
        return output == TaskSet.Output.ROLLING ? PLAIN : this;
    }

    /** In words, for records and reports; empty for plain text without an instruction. */
    public String words() {
        return words(system.length() <= SHOWN ? system : system.substring(0, SHOWN) + "…");
    }

    /** All that tells it from another; empty for plain text without an instruction. */
    public String identity() {
        return words(system);
    }

    private String words(String instruction) {
        String kind = (chat ? turns ? "chat template, solved questions as turns" : "chat template" : "")
                + (systemInUser ? ", system message in the user's" : "");
        String told = instruction.isEmpty() ? "" : "system prompt \"" + instruction + "\"";
        return kind.isEmpty() || told.isEmpty() ? kind + told : kind + ", " + told;
    }

    /** The messages of prompts, which a chat template makes texts of; none where prompts are plain. */
    public List<List<ChatMessage>> chats(List<PromptParts> prompts) {
        return chat
                ? prompts.stream()
                        .map(parts -> systemInUser ? parts.withSystemInUser() : parts)
                        .map(parts -> parts.messages(turns))
                        .toList()
                : List.of();
    }

    /** Prompts as they are shown and kept before a model saw them: as plain text, or as their messages in JSON. */
    public List<String> shown(List<PromptParts> prompts) {
        return chat
                ? chats(prompts).stream().map(PromptParts::json).toList()
                : prompts.stream().map(PromptParts::text).toList();
    }
}
