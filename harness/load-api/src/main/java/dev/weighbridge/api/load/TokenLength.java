package dev.weighbridge.api.load;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/** How many output tokens a load asks of each answer. */
public sealed interface TokenLength {
    /** Most tokens that may be asked of one answer. */
    int MOST_TOKENS = 100_000;

    /** Largest standard deviation of the logarithm; beyond it hardly a length lies between one token and the most. */
    double MOST_SIGMA = 5;

    /**
     * The tokens to ask of the answer to a prompt. They follow from the prompt's index and the seed alone, so that every
     * variant and every rate asks the same.
     *
     * @param prompt index in the scenario's pool
     * @param seed of the scenario
     */
    int tokensOf(int prompt, long seed);

    /**
     * Whether each answer is to have exactly its tokens, by {@code min_tokens} and {@code ignore_eos} as vLLM names them; a
     * server that does not know these fields may ignore them.
     */
    boolean isEnforced();

    /**
     * Reads {@code N}, {@code uniform:LEAST:MOST} or {@code log-normal:MEDIAN:SIGMA:MOST}, all of which are enforced.
     *
     * @throws IllegalArgumentException for anything else
     */
    static TokenLength parse(String text) {
        String[] parts = text.strip().split(":", -1);
        try {
            if (parts.length == 1) {
                return new Exactly(Integer.parseInt(parts[0]));
            }
            if (parts.length == 3 && parts[0].equals("uniform")) {
                return new Uniform(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
            }
            if (parts.length == 4 && parts[0].equals("log-normal")) {
                return new LogNormal(
                        Integer.parseInt(parts[1]), Double.parseDouble(parts[2]), Integer.parseInt(parts[3]));
            }
        } catch (NumberFormatException e) {
            throw unknown(text);
        }
        throw unknown(text);
    }

    private static IllegalArgumentException unknown(String text) {
        return new IllegalArgumentException(
                "output length '" + text + "' is not known. Use N, uniform:LEAST:MOST or log-normal:MEDIAN:SIGMA:MOST");
    }

    private static void requireTokens(String what, int tokens) {
        if (tokens < 1 || tokens > MOST_TOKENS) {
            throw new IllegalArgumentException(what + " must be between 1 and " + MOST_TOKENS + ", got: " + tokens);
        }
    }

    private static void requireOrder(String lower, int low, int most) {
        if (low > most) {
            throw new IllegalArgumentException(
                    lower + " must not be above most, got: " + lower + " " + low + ", most " + most);
        }
    }

    /** A stream of its own for each prompt: no length depends on which others are drawn. */
    private static SplittableRandom random(int prompt, long seed) {
        // Hashed first, since the seeds of blocks lie close together: else prompt 1,000 of one block would have the
        // length of prompt 0 of the next.
        return new SplittableRandom(new SplittableRandom(seed).nextLong() + prompt);
    }

    /**
     * The model ends each answer.
     *
     * @param tokens at which it is cut off
     */
    record AtMost(int tokens) implements TokenLength {
        public AtMost {
            requireTokens("most tokens", tokens);
        }

        @Override
        public int tokensOf(int prompt, long seed) {
            return tokens;
        }

        @Override
        public boolean isEnforced() {
            return false;
        }
    }

    /**
     * All answers are of one length.
     *
     * @param tokens of each
     */
    record Exactly(int tokens) implements TokenLength {
        public Exactly {
            requireTokens("tokens", tokens);
        }

        @Override
        public int tokensOf(int prompt, long seed) {
            return tokens;
        }

        @Override
        public boolean isEnforced() {
            return true;
        }
    }

    /**
     * Every length between two is as likely as any other.
     *
     * @param least tokens
     * @param most tokens, itself a length that is drawn
     */
    record Uniform(int least, int most) implements TokenLength {
        public Uniform {
            requireTokens("least", least);
            requireTokens("most", most);
            requireOrder("least", least, most);
        }

        @Override
        public int tokensOf(int prompt, long seed) {
            return least + (int) (random(prompt, seed).nextDouble() * (most - least + 1));
        }

        @Override
        public boolean isEnforced() {
            return true;
        }
    }

    /**
     * Many short answers and few long ones, as people ask for: the logarithm of the length is normally distributed.
     *
     * @param median tokens
     * @param sigma standard deviation of the natural logarithm; at 0.5 about two thirds of the lengths are within a factor
     *     of 1.65 of the median
     * @param most tokens; a longer draw counts as so many
     */
    record LogNormal(int median, double sigma, int most) implements TokenLength {
        public LogNormal {
            requireTokens("median", median);
            requireTokens("most", most);
            requireOrder("median", median, most);
            if (!(sigma >= 0 && sigma <= MOST_SIGMA)) {
                throw new IllegalArgumentException("sigma must be between 0 and " + MOST_SIGMA + ", got: " + sigma);
            }
        }

        @Override
        public int tokensOf(int prompt, long seed) {
            SplittableRandom random = random(prompt, seed);
            // Box and Muller's transform, in StrictMath: the same lengths on every machine. What is logged is above 0.
            double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
            double normal = radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
            long drawn = Math.round(median * StrictMath.exp(sigma * normal));
            return (int) Math.max(1, Math.min(most, drawn));
        }

        @Override
        public boolean isEnforced() {
            return true;
        }
    }

    /**
     * Lengths that were seen: each draw is one of them, with replacement. A prompt and its answer that are both drawn from as many
     * seen ones get the lengths of the same one, so that long prompts keep the answers that they had.
     *
     * @param file that they come from, for the record
     * @param tokens the lengths; at least one. Owned by this record
     */
    @SuppressWarnings("ArrayRecordComponent") // Millions of them; compared by content below.
    record Empirical(Path file, int[] tokens) implements TokenLength {
        public Empirical {
            if (tokens.length == 0) {
                throw new IllegalArgumentException(file + " has no lengths");
            }
            for (int length : tokens) {
                requireTokens("a length of " + file, length);
            }
        }

        @Override
        public int tokensOf(int prompt, long seed) {
            return tokens[random(prompt, seed).nextInt(tokens.length)];
        }

        @Override
        public boolean isEnforced() {
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Empirical that && file.equals(that.file) && Arrays.equals(tokens, that.tokens);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tokens);
        }

        @Override
        public String toString() {
            return "Empirical[" + file.getFileName() + ", " + tokens.length + " lengths, " + Arrays.hashCode(tokens)
                    + "]";
        }
    }
}
