package dev.weighbridge.results;

/**
 * One thing that could be deployed: a model on an engine at a precision under a batching policy on a device.
 *
 * @param id unique in a run and safe as a file name, for example {@code demo~onnxruntime~int8~continuous-8}
 * @param model name of the checkpoint
 * @param engine id of the engine provider
 * @param precision id, for example {@code int8}
 * @param batching id, for example {@code dynamic-8-5ms}
 * @param batchingPolicy id of the policy alone, for example {@code dynamic}
 * @param device as asked for, for example {@code auto}
 * @param hardware id of the priced machine in the price list
 */
public record Variant(
        String id,
        String model,
        String engine,
        String precision,
        String batching,
        String batchingPolicy,
        String device,
        String hardware) {}
