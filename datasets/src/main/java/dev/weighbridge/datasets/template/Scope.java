package dev.weighbridge.datasets.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The variables of one rendering; those of a loop end with it. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, @Nullable Object> variables;
    private final Budget budget;

    private Scope(@Nullable Scope outer, Map<String, @Nullable Object> variables, Budget budget) {
        this.outer = outer;
        this.variables = variables;
        this.budget = budget;
    }

    static Scope of(Map<String, ? extends @Nullable Object> row, Budget budget) {
        return new Scope(null, new HashMap<>(row), budget);
    }

    Scope inner() {
        return new Scope(this, new HashMap<>(), budget);
    }

    Budget budget() {
        return budget;
    }

    void set(String name, @Nullable Object value) {
        variables.put(name, value);
    }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.variables.containsKey(name)) {
                return scope.variables.get(name);
            }
        }
        return Undefined.of(name, names());
    }

    private Set<String> names() {
        Scope scope = this;
        while (scope.outer != null) {
            scope = scope.outer;
        }
        return new java.util.TreeSet<>(scope.variables.keySet());
    }
}
