package dev.weighbridge.api;

import java.util.Map;

/**
 * What was really opened, as the engine resolved it.
 *
 * @param engineId id of the provider
 * @param version of the engine's library
 * @param device it runs on, for example {@code cpu} or {@code cuda:0}
 * @param precision it runs at
 * @param modelName name under which the model is served
 * @param contextLength longest sequence in tokens
 * @param details further facts for the record, such as library flavour or artifact size; keys carry their unit
 */
public record EngineInfo(
        String engineId,
        String version,
        String device,
        Precision precision,
        String modelName,
        int contextLength,
        Map<String, String> details) {
    public EngineInfo {
        details = Map.copyOf(details);
    }
}
