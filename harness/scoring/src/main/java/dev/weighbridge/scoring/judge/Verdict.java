package dev.weighbridge.scoring.judge;

/** Which of two answers is better, by the place where it was shown or, once places are undone, by who gave it. */
public enum Verdict {
    /** The first. */
    FIRST,
    /** The second. */
    SECOND,
    /** Neither. */
    TIE;

    /** The same verdict once the two have changed places. */
    public Verdict swapped() {
        return switch (this) {
            case FIRST -> SECOND;
            case SECOND -> FIRST;
            case TIE -> TIE;
        };
    }
}
