package dev.weighbridge.core.load;

import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.datasets.demo.LoadPrompts;
import java.util.List;

/**
 * What the sessions of a load ask.
 *
 * @param sessions kinds of session; at least one
 */
public record WorkloadPlan(List<SessionPlan> sessions) {
    public WorkloadPlan {
        sessions = List.copyOf(sessions);
    }

    /** Single questions of one kind. */
    public static WorkloadPlan of(PromptPlan prompts, TokenLength outputLength) {
        return new WorkloadPlan(List.of(SessionPlan.of(prompts, outputLength)));
    }

    /**
     * Makes the workload of one load.
     *
     * @throws dev.weighbridge.core.ConfigException when a file of prompts cannot be read
     */
    public Workload open(PromptPlan.Draw draw) {
        return new Workload(sessions.stream().map(plan -> plan.open(draw)).toList(), draw.seed());
    }

    /** The same with answers of another length. */
    public WorkloadPlan asking(TokenLength length) {
        return new WorkloadPlan(
                sessions.stream().map(session -> session.asking(length)).toList());
    }

    /** The same with prompts that no load of it sends: a file's are the same for every draw, and a cache would know them afterwards. */
    public WorkloadPlan forWarming() {
        PromptPlan others = new PromptPlan.Pool(LoadPrompts.DEMO_MIXED);
        return new WorkloadPlan(sessions.stream()
                .map(session -> session.prompts() instanceof PromptPlan.Lines ? session.prompting(others) : session)
                .toList());
    }

    /** Whether prompts have a number of tokens, so that the tokenizer's tokens a word matter. */
    public boolean countsTokens() {
        return sessions.stream().anyMatch(SessionPlan::countsTokens);
    }
}
