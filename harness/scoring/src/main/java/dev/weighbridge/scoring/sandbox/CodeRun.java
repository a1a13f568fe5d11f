package dev.weighbridge.scoring.sandbox;

/**
 * How a program and its tests ended.
 *
 * @param outcome of both
 * @param detail what the interpreter says, at most some hundred characters; untrusted text
 */
public record CodeRun(Outcome outcome, String detail) {
    /** Ends of a program. */
    public enum Outcome {
        /** All tests ran and none failed. */
        PASSED,
        /** A test failed, or the program broke or ended before its tests did. */
        FAILED,
        /** It took longer than it may. */
        TIMED_OUT,
        /** It wanted more memory than it may. */
        OUT_OF_MEMORY
    }

    /** Whether all tests passed. */
    public boolean passed() {
        return outcome == Outcome.PASSED;
    }
}
