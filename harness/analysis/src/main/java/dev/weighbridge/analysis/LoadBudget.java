package dev.weighbridge.analysis;

import dev.weighbridge.results.Trial;
import java.util.List;

/** What the loads of a study have taken of its budget. */
public final class LoadBudget {
    private LoadBudget() {}

    /** Seconds that all load trials took, every attempt counted. */
    public static double spent(List<Trial> trials) {
        return trials.stream()
                .filter(t -> t.workload().kind().load())
                .mapToDouble(Trial::durationSeconds)
                .sum();
    }
}
