package dev.weighbridge.datasets.template;

/** A text that lets itself be looked at only so often, so that a regular expression that tries for ever ends with an error. */
final class BoundedText implements CharSequence {
    private static final long MOST_LOOKS = 50_000_000;

    private final CharSequence text;
    private long looks;

    BoundedText(CharSequence text) {
        this.text = text;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        if (++looks > MOST_LOOKS) {
            throw new TemplateException("a regular expression looked at its text of " + text.length()
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
