package dev.weighbridge.core.run;

import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a trial went.
 *
 * @param reasons why it is not completed
 * @param flags what is worth knowing all the same
 * @param circumstances of a load trial, else {@code null}
 */
record TrialOutcome(
        Status status,
        List<Reason> reasons,
        List<Reason> flags,
        List<Measurement> measurements,
        @Nullable Circumstances circumstances) {

    /** Completed without reasons, else invalid. */
    static TrialOutcome judged(List<Reason> reasons, List<Measurement> measurements) {
        return new TrialOutcome(
                reasons.isEmpty() ? Status.COMPLETED : Status.INVALID, reasons, List.of(), measurements, null);
    }

    static TrialOutcome completed(List<Reason> flags, List<Measurement> measurements) {
        return new TrialOutcome(Status.COMPLETED, List.of(), flags, measurements, null);
    }

    static TrialOutcome skipped(Reason reason) {
        return new TrialOutcome(Status.SKIPPED, List.of(reason), List.of(), List.of(), null);
    }

    static TrialOutcome failed(String message) {
        return new TrialOutcome(
                Status.FAILED, List.of(Reason.about(Code.ENGINE_FAILED, message)), List.of(), List.of(), null);
    }
}
