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

    /**
     * A prompt of about so many tokens that is made of blocks: each block's text follows from its id, so that prompts which begin with
     * the same blocks begin with the same text.
     *
     * @param number of the prompt, which what the blocks do not cover follows from
     * @param tokens 1 or more
     * @param blocks ids, in order
     * @param blockTokens of a whole block
     */
    String prompt(int number, int tokens, int[] blocks, int blockTokens);
}
