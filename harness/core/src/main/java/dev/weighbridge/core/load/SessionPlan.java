package dev.weighbridge.core.load;

import dev.weighbridge.api.load.RequestClass;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.TokenLength;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One kind of session that a load has.
 *
 * @param name kebab-case
 * @param weight among the others
 * @param prompts where they come from
 * @param outputLength of the answers
 * @param turns requests of a session
 * @param think time between an answer and the next question
 * @param prefix that prompts share; empty for none
 * @param cancelled share of the requests; empty for none
 * @param keyVariable as {@link RequestClass#keyVariable}
 * @param objectives that its requests are held to; empty for those of the study
 */
public record SessionPlan(
        String name,
        double weight,
        PromptPlan prompts,
        TokenLength outputLength,
        int turns,
        Duration think,
        Optional<Prefix> prefix,
        Optional<RequestClass.Cancelled> cancelled,
        @Nullable String keyVariable,
        Optional<RequestObjectives> objectives) {
    private static final long OTHER_DRAW = 0x5eed;

    /**
     * Texts that prompts have in common.
     *
     * @param tokens of each
     * @param count of them
     * @param share of the sessions that begin with one
     */
    public record Prefix(int tokens, int count, double share) {}

    /** Single questions. */
    public static SessionPlan of(PromptPlan prompts, TokenLength outputLength) {
        return new SessionPlan(
                "all",
                1,
                prompts,
                outputLength,
                1,
                Duration.ZERO,
                Optional.empty(),
                Optional.empty(),
                null,
                Optional.empty());
    }

    RequestClass open(PromptPlan.Draw draw) {
        // The same prefixes in every load of a study, since that is what is asked of a prefix cache.
        PromptPlan.Draw shared = new PromptPlan.Draw(OTHER_DRAW, 0, draw.tokensPerWord());
        return new RequestClass(
                name,
                weight,
                prompts.open(draw),
                outputLength,
                turns,
                think,
                prefix.map(p -> new RequestClass.SharedPrefix(
                        new SyntheticPrompts(new TokenLength.Exactly(p.tokens()), shared), p.count(), p.share())),
                cancelled,
                keyVariable,
                objectives);
    }

    SessionPlan asking(TokenLength length) {
        return new SessionPlan(name, weight, prompts, length, turns, think, prefix, cancelled, keyVariable, objectives);
    }

    /** The same with other prompts. */
    SessionPlan prompting(PromptPlan other) {
        return new SessionPlan(
                name, weight, other, outputLength, turns, think, prefix, cancelled, keyVariable, objectives);
    }

    boolean countsTokens() {
        return prompts.countsTokens() || prefix.isPresent();
    }
}
