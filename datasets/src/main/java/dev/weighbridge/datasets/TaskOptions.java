package dev.weighbridge.datasets;

import java.util.OptionalInt;

/**
 * What is wished of tasks beside what they say themselves.
 *
 * @param prompting how prompts are put before a model
 * @param shots solved questions before each; empty for as many as each task says. A task file of lm-evaluation-harness that says 0
 *     keeps it
 */
public record TaskOptions(Prompting prompting, OptionalInt shots) {
    /** Plain prompts with as many solved questions as each task says. */
    public static final TaskOptions NONE = of(Prompting.PLAIN);

    /** With as many solved questions as each task says. */
    public static TaskOptions of(Prompting prompting) {
        return new TaskOptions(prompting, OptionalInt.empty());
    }
}
