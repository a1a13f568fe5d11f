package dev.weighbridge.cli;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.datasets.DataException;
import dev.weighbridge.datasets.Prompting;
import picocli.CommandLine.Option;

/** Options that say how prompts are put before a model. */
final class PromptingOptions {
    @Option(
            names = "--chat",
            description =
                    "Make prompts of messages, by the model's chat template. Default: plain text, as for base models.")
    private boolean chat;

    @Option(
            names = "--few-shot-turns",
            description = "With --chat: solved questions are turns of their own, not part of the question's message.")
    private boolean turns;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description =
                    "Instruction before everything: the system message of a chat, else the beginning of the prompt.")
    private String system = "";

    @Option(
            names = "--system-in-user",
            description =
                    "With --chat: the system message stands at the beginning of the user's first one, for chat templates without one.")
    private boolean systemInUser;

    /**
     * What the options say.
     *
     * @throws ConfigException when they contradict each other
     */
    Prompting prompting() {
        if (turns && !chat) {
            throw new ConfigException("--few-shot-turns needs --chat: without a chat template there are no turns");
        }
        if (systemInUser && !chat) {
            throw new ConfigException("--system-in-user needs --chat: without a chat template there are no messages");
        }
        try {
            return new Prompting(chat, turns, system, systemInUser);
        } catch (DataException e) {
            throw new ConfigException(String.valueOf(e.getMessage()));
        }
    }
}
