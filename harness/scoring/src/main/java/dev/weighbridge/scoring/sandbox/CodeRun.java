package dev.weighbridge.scoring.sandbox;

import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What one run of an untrusted program came to. Every text in it is the program's and untrusted.
 *
 * @param outcome how it ended
 * @param reason why, where the outcome alone does not say; otherwise empty
 * @param exitCode the program's exit status, where it exited by itself
 * @param stdout what it wrote to standard output, at most {@link SandboxLimits#outputBytes()}; bytes that
 *     are not UTF-8 appear as U+FFFD
 * @param stderr what it wrote to standard error, bounded and decoded likewise
 * @param wallSeconds wall time from the program's start to its end
 * @param cpuSeconds CPU time of the program and its ended children, where known
 */
public record CodeRun(
        Outcome outcome,
        String reason,
        OptionalInt exitCode,
        String stdout,
        String stderr,
        double wallSeconds,
        OptionalDouble cpuSeconds) {

    /** Checks that nothing is missing and that the time is one. */
    public CodeRun {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(exitCode, "exitCode");
        Objects.requireNonNull(stdout, "stdout");
        Objects.requireNonNull(stderr, "stderr");
        Objects.requireNonNull(cpuSeconds, "cpuSeconds");
        if (!(wallSeconds >= 0)) {
            throw new IllegalArgumentException("Wall seconds must be at least 0, not " + wallSeconds);
        }
    }

    /** Whether the program passed its tests. */
    public boolean passed() {
        return outcome == Outcome.PASSED;
    }
}
