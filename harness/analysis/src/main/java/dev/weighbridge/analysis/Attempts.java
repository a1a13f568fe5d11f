package dev.weighbridge.analysis;

import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which attempt counts: the first that was measured clean at each place in the plan, or the last one where none was. */
public final class Attempts {
    private Attempts() {}

    /**
     * A place in the plan, at which there may be several attempts.
     *
     * @param variant id
     * @param workload kind and name
     * @param repeat number of the block
     * @param step of a search, else 1
     */
    public record Place(String variant, Workload.Kind kind, String workload, int repeat, int step) {
        /** The place of a trial. */
        public static Place of(Trial trial) {
            return new Place(
                    trial.variant().id(),
                    trial.workload().kind(),
                    trial.workload().name(),
                    trial.repeat(),
                    trial.step());
        }
    }

    /** The trial that counts at each place, in the order in which the places were first measured. */
    public static Map<Place, Trial> counting(List<Trial> trials) {
        Map<Place, Trial> counting = new LinkedHashMap<>();
        for (Trial trial : trials) {
            counting.merge(Place.of(trial), trial, (before, now) -> clean(before) ? before : now);
        }
        return counting;
    }

    private static boolean clean(Trial trial) {
        return switch (trial.status()) {
            // What was skipped is measured after all where its reason no longer holds.
            case DISTURBED, FAILED, SKIPPED -> false;
            case COMPLETED, SATURATED, INVALID -> true;
        };
    }
}
