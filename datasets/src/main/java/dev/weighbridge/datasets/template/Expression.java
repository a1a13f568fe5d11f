package dev.weighbridge.datasets.template;

import org.jspecify.annotations.Nullable;

/** Something that has a value. */
interface Expression {
    @Nullable
    Object of(Scope scope);
}
