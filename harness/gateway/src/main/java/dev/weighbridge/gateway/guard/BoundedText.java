package dev.weighbridge.gateway.guard;

/** A text that lets itself be looked at only so often, so that a regular expression that tries for ever ends with an error. */
final class BoundedText implements CharSequence {
    private static final long LOOKS = 10_000_000;
    private static final long LOOKS_PER_CHARACTER = 20;

    private final String text;
    private long left;

    BoundedText(String text) {
        this.text = text;
        this.left = LOOKS + LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public int length() {
        return text.length();
    }

    /**
     * A character.
     *
     * @throws GuardException when the text was looked at too often
     */
    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new GuardException("the expression looked at its text of " + text.length()
                    + " characters too often. Write it with fewer repetitions");
        }
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
