package dev.weighbridge.analysis.load;

import dev.weighbridge.api.load.RequestTiming;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Mean output tokens of completed requests by prompt, against which another variant's drift is held. */
public final class PromptLengths {
    private static final int LEAST_PROMPTS = 20;

    private long[] tokens = new long[256];
    private int[] requests = new int[256];

    /** Adds a request; one that did not complete has no length. */
    public void add(RequestTiming request) {
        if (!RequestLatency.completed(request)) {
            return;
        }
        int prompt = request.promptIndex();
        if (prompt >= tokens.length) {
            int size = Math.max(prompt + 1, tokens.length * 2);
            tokens = Arrays.copyOf(tokens, size);
            requests = Arrays.copyOf(requests, size);
        }
        tokens[prompt] += RequestLatency.outputTokens(request);
        requests[prompt]++;
    }

    /**
     * How much longer the answers here are than there, on the prompts that both answered, as a share: 0.1 is ten percent
     * longer.
     *
     * @return empty when fewer than 20 prompts are common
     */
    OptionalDouble driftFrom(PromptLengths baseline) {
        double expected = 0;
        double seen = 0;
        int prompts = 0;
        for (int i = 0; i < Math.min(tokens.length, baseline.tokens.length); i++) {
            if (requests[i] > 0 && baseline.requests[i] > 0) {
                expected += (double) baseline.tokens[i] / baseline.requests[i];
                seen += (double) tokens[i] / requests[i];
                prompts++;
            }
        }
        return prompts < LEAST_PROMPTS || expected == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(seen / expected - 1);
    }
}
