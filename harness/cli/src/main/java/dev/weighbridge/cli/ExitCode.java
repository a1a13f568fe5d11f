package dev.weighbridge.cli;

/** What the process tells a script about how it went. */
final class ExitCode {
    static final int GOOD = 0;
    /** A trial failed, or the program did. */
    static final int TRIAL_FAILED = 1;
    /** The command line, a study file, a checkpoint or another input is wrong. */
    static final int USAGE = 2;
    /** An engine that is needed is not there. */
    static final int ENGINE_UNAVAILABLE = 3;
    /** A regression was found. */
    static final int REGRESSION = 4;
    /** What was measured does not settle the question. */
    static final int INCONCLUSIVE = 5;

    static final String HELP =
            "Exit codes: 0 good, 1 a trial failed, 2 usage or configuration, 3 engine unavailable, 4 regression, 5 inconclusive.";

    private ExitCode() {}
}
