package dev.weighbridge.cli;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The engine providers on the class path, by id. */
final class Engines {
    private Engines() {}

    /**
     * All providers.
     *
     * @throws IllegalStateException when two have the same id
     */
    static List<EngineProvider> all() {
        List<EngineProvider> providers = new ArrayList<>();
        ServiceLoader.load(EngineProvider.class).forEach(providers::add);
        providers.sort(Comparator.comparing(EngineProvider::id));
        for (int i = 1; i < providers.size(); i++) {
            if (providers.get(i).id().equals(providers.get(i - 1).id())) {
                throw new IllegalStateException(
                        "two engines are called " + providers.get(i).id());
            }
        }
        return providers;
    }

    /**
     * The provider of that id.
     *
     * @throws EngineException of category UNAVAILABLE when there is none
     */
    static EngineProvider named(String id) {
        List<EngineProvider> providers = all();
        return providers.stream()
                .filter(p -> p.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new EngineException(
                        EngineException.Category.UNAVAILABLE,
                        "engine '" + id + "' does not exist. Use one of: "
                                + providers.stream().map(EngineProvider::id).collect(Collectors.joining(", "))));
    }
}
