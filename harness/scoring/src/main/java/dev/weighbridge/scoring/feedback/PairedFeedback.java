package dev.weighbridge.scoring.feedback;

import java.util.ArrayList;
import java.util.List;

/**
 * Feedback on requests that two variants answered, on those alone where users spoke up at both.
 *
 * @param thumbs 1 for up, 0 for down
 * @param ratings from 1 to 5
 * @param edits share of the answer that the user changed
 */
public record PairedFeedback(Both thumbs, Both ratings, Both edits) {
    /**
     * Values of the same requests, in the same order.
     *
     * @param ours of the variant
     * @param baseline of the baseline
     */
    public record Both(double[] ours, double[] baseline) {
        /** Requests. */
        public int n() {
            return ours.length;
        }
    }

    /** Takes in one request after the other. */
    static final class Collector {
        private static final int KINDS = 3;

        private final List<List<double[]>> kinds = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());

        /** Values of a request by kind; NaN for what is not known. */
        void add(double[] ours, double[] baseline) {
            for (int kind = 0; kind < KINDS; kind++) {
                if (!Double.isNaN(ours[kind]) && !Double.isNaN(baseline[kind])) {
                    kinds.get(kind).add(new double[] {ours[kind], baseline[kind]});
                }
            }
        }

        PairedFeedback paired() {
            return new PairedFeedback(both(0), both(1), both(2));
        }

        private Both both(int kind) {
            return new Both(
                    kinds.get(kind).stream().mapToDouble(pair -> pair[0]).toArray(),
                    kinds.get(kind).stream().mapToDouble(pair -> pair[1]).toArray());
        }
    }
}
