package dev.weighbridge.datasets.template;

/** A template that cannot be read or rendered: where, what was seen, and what would do. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TemplateException(String message) {
        super(message);
    }
}
