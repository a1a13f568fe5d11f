package dev.weighbridge.engines.onnxruntime;

import dev.weighbridge.inference.backend.Segment;
import java.util.List;

/**
 * Which segments of a forward pass share a run of the graph.
 *
 * <p>They are neighbours in slots that are neighbours, because the cache of a run is one piece of memory. The attention takes
 * one token a row on top of any past, and several tokens a row where no row has a past; a row with several tokens on top of a
 * past is alone. Prompts of unequal length are filled up to the longest of them, as long as that costs less than a run of
 * their own.
 *
 * @param mostTokens of a run of several prompts, filling included; bounds the memory that it takes
 */
record SharedRuns(int mostTokens) {
    // Tokens that take as long as what every run takes once: calling the kernels and reading the weights. At fp32 on
    // one core of an x64 server, that is 0.09 ms and a token 0.011 ms for the demo model, and 11 ms and 0.8 ms for 88
    // million weights. Quantized weights are read faster; several cores want more tokens at a time.
    private static final int RUN_IN_TOKENS = 8;

    /** End, exclusive, of the segments that share a run with the one at {@code from}. */
    int end(List<Segment> segments, int from) {
        Segment first = segments.get(from);
        int end = from + 1;
        if (first.tokens().length == 1) {
            while (follows(segments, end) && segments.get(end).tokens().length == 1) {
                end++;
            }
        } else if (first.past() == 0) {
            int longest = first.tokens().length;
            int tokens = longest;
            while (follows(segments, end)) {
                Segment next = segments.get(end);
                int length = next.tokens().length;
                int rows = end + 1 - from;
                longest = Math.max(longest, length);
                tokens += length;
                long filled = (long) rows * longest;
                boolean worthwhile = filled - tokens <= (long) RUN_IN_TOKENS * (rows - 1);
                if (next.past() > 0 || length == 1 || filled > mostTokens || !worthwhile) {
                    break;
                }
                end++;
            }
        }
        return end;
    }

    private static boolean follows(List<Segment> segments, int index) {
        return index < segments.size()
                && segments.get(index).slot() == segments.get(index - 1).slot() + 1;
    }
}
