package dev.weighbridge.scoring;

/** A text that lets itself be looked at only so often, so that a regular expression that tries for ever ends with an error. */
public final class BoundedText implements CharSequence {
    /** Looks that one text allows: some seconds of work at most. */
    public static final long MOST_LOOKS = 50_000_000;

    private final CharSequence text;
    private long looks;

    public BoundedText(CharSequence text) {
        this.text = text;
    }

    /** How often it was looked at. */
    public long looks() {
        return looks;
    }

    @Override
    public int length() {
        return text.length();
    }

    /**
     * A character.
     *
     * @throws ScoringException when the text was looked at too often
     */
    @Override
    public char charAt(int index) {
        if (++looks > MOST_LOOKS) {
            throw new ScoringException("a regular expression looked at its text of " + text.length()
                    + " characters more than " + MOST_LOOKS + " times. Write it without nested repetition.");
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
