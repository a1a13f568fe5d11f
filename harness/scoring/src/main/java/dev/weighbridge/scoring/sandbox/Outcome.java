package dev.weighbridge.scoring.sandbox;

/** How one run of an untrusted program ended. */
public enum Outcome {
    /** The program and all its tests ran to their end without an error. */
    PASSED,
    /** An error, a failed test, or an end before the tests had run. */
    FAILED,
    /** Wall time or CPU time was used up. */
    TIMED_OUT,
    /** The program asked for more memory than it may have. */
    OUT_OF_MEMORY,
    /** A signal ended it, or it went beyond its files or processes. */
    KILLED,
    /** It wrote more to standard output or standard error than is kept. */
    OUTPUT_LIMIT
}
