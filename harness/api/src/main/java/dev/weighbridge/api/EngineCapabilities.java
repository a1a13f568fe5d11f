package dev.weighbridge.api;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an engine can do, as data, so that a plan can be made without opening it.
 *
 * @param precisions that it can run
 * @param batching policies that it offers
 * @param devices that its code supports; whether one is present is found when the engine is opened
 * @param scores whether its engines are {@link ScoringEngine}s
 * @param logits whether its engines are {@link LogitsEngine}s
 */
public record EngineCapabilities(
        Set<Precision> precisions,
        Set<Batching.Policy> batching,
        Set<DeviceRequest.Kind> devices,
        boolean scores,
        boolean logits) {

    public EngineCapabilities {
        precisions = Set.copyOf(precisions);
        batching = Set.copyOf(batching);
        devices = Set.copyOf(devices);
    }

    /** Why this engine cannot run such a variant, or empty when it can. */
    public Optional<String> refusal(Precision precision, Batching.Policy policy) {
        if (!precisions.contains(precision)) {
            return Optional.of("precision " + precision.id() + " is not offered by this engine (it offers "
                    + new TreeSet<>(precisions).stream().map(Precision::id).collect(Collectors.joining(", ")) + ")");
        }
        if (!batching.contains(policy)) {
            return Optional.of("batching " + policy.id() + " is not offered by this engine (it offers "
                    + new TreeSet<>(batching).stream().map(Batching.Policy::id).collect(Collectors.joining(", "))
                    + ")");
        }
        return Optional.empty();
    }
}
