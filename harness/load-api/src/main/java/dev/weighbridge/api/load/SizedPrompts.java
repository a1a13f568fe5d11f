package dev.weighbridge.api.load;

/** Prompts that can be made of any length. */
public interface SizedPrompts extends PromptSource {
    /**
     * A prompt of about so many tokens.
     *
     * @param number the same number and length give the same prompt
     * @param tokens 1 or more
     */
    String prompt(int number, int tokens);
}
