package dev.weighbridge.core.load;

import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.datasets.demo.LoadPrompts;
import java.nio.file.Path;

/** Where the prompts of a load come from. */
public sealed interface PromptPlan {
    /**
     * Opens the source.
     *
     * @param draw what seeds it
     * @throws dev.weighbridge.core.ConfigException when its file cannot be read
     */
    PromptSource open(Draw draw);

    /** Whether the number of words in a prompt follows from a number of tokens, so that {@link Draw#tokensPerWord} matters. */
    default boolean countsTokens() {
        return false;
    }

    /**
     * What the prompts of one load follow from.
     *
     * @param seed of the load
     * @param part number of the load among those that one engine process answers: loads with different parts have no prompt in
     *     common
     * @param tokensPerWord of the model's tokenizer, for prompts of a given number of tokens
     */
    record Draw(long seed, int part, double tokensPerWord) {
        /** A draw for prompts whose length does not matter. */
        public Draw(long seed, int part) {
            this(seed, part, 1);
        }
    }

    /**
     * A pool that comes with the project.
     *
     * @param id of the pool
     */
    record Pool(String id) implements PromptPlan {
        @Override
        public PromptSource open(Draw draw) {
            LoadPrompts pool = LoadPrompts.open(id, draw.seed(), draw.part());
            return new PromptSource() {
                @Override
                public String prompt(int number) {
                    return pool.prompt(number);
                }

                @Override
                public int size() {
                    return Integer.MAX_VALUE;
                }

                @Override
                public void prepare(int count) {
                    if (count > 0) {
                        pool.prompt(count - 1);
                    }
                }
            };
        }
    }

    /**
     * Words without meaning, of about a given number of tokens.
     *
     * @param length in tokens
     */
    record Synthetic(TokenLength length) implements PromptPlan {
        @Override
        public PromptSource open(Draw draw) {
            return new SyntheticPrompts(length, draw);
        }

        @Override
        public boolean countsTokens() {
            return true;
        }
    }

    /**
     * A file of JSON lines. Its prompts are sent in the file's order and begin again at its end, which makes a load invalid unless it
     * may repeat prompts.
     *
     * @param path of the file
     * @param field that holds the prompt
     */
    record Lines(Path path, String field) implements PromptPlan {
        @Override
        public PromptSource open(Draw draw) {
            return PromptSource.of(PromptLines.read(path, field));
        }
    }
}
