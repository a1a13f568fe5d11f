package dev.weighbridge.api.load;

import java.util.List;

/** Prompts by number: the same number gives the same prompt. Safe for use by several threads. */
public interface PromptSource {
    /**
     * A prompt.
     *
     * @param number 0 or more; where there are only {@link #size} prompts they begin again
     */
    String prompt(int number);

    /** How many different prompts there are; {@link Integer#MAX_VALUE} where there is no end to them. */
    int size();

    /** Makes so many prompts ready, so that none of them costs anything while a load runs; more may come all the same. */
    default void prepare(int count) {}

    /** The prompts of a list, which begin again at its end. */
    static PromptSource of(List<String> prompts) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("a load needs prompts, got an empty list");
        }
        List<String> all = List.copyOf(prompts);
        return new PromptSource() {
            @Override
            public String prompt(int number) {
                return all.get(number % all.size());
            }

            @Override
            public int size() {
                return all.size();
            }
        };
    }
}
