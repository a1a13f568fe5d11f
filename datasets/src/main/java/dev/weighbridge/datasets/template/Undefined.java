package dev.weighbridge.datasets.template;

import java.util.Collection;

/** A name that the row does not have. It may be tested and given a default; anything else is an error. */
record Undefined(String name, String known) {
    static Undefined of(String name, Collection<?> known) {
        return new Undefined(name, known.toString());
    }

    TemplateException error() {
        return new TemplateException("there is no '" + name + "'. There is " + known + ".");
    }
}
