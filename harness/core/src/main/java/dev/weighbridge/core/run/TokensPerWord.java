package dev.weighbridge.core.run;

import dev.weighbridge.api.Completion;
import dev.weighbridge.api.Engine;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.GenerationRequest;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.SizedPrompts;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.load.PromptPlan;
import java.util.List;

/**
 * How many tokens a model's tokenizer makes of a word of synthetic prompts, as the engine counts them: the difference between
 * a long and a short prompt, so that what a server adds to each does not count.
 */
public final class TokensPerWord {
    private static final int SHORT = 8;
    private static final int LONG = 40;

    private TokensPerWord() {}

    /**
     * Asks the engine twice for one token.
     *
     * @throws EngineException when it does not answer, or counts no tokens
     */
    public static double of(Engine engine) {
        PromptSource words = new PromptPlan.Synthetic(new TokenLength.Exactly(1)).open(new PromptPlan.Draw(0, 0));
        SizedPrompts sized = (SizedPrompts) words;
        double tokens = (double) (count(engine, sized.prompt(1, LONG)) - count(engine, sized.prompt(1, SHORT)))
                / (LONG - SHORT);
        if (!(tokens > 0)) {
            throw new EngineException(
                    EngineException.Category.FAILED,
                    "the engine counts " + tokens
                            + " prompt tokens a word, so that prompts of a given number of tokens cannot be made");
        }
        return tokens;
    }

    private static int count(Engine engine, String prompt) {
        Completion answer = engine.generate(
                new GenerationRequest(prompt, 1, GenerationRequest.Sampling.GREEDY, List.of()), text -> {});
        return answer.promptTokens();
    }
}
