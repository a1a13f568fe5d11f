package dev.weighbridge.results;

import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param options of its server by name, or {@code null} when it has none
 * @param machines of that price that it takes, for example GPUs of a tensor-parallel server; {@code null} for one
 */
public record Variant(
        String id,
        String model,
        String engine,
        String precision,
        String batching,
        String batchingPolicy,
        String device,
        String hardware,
        @Nullable Map<String, String> options,
        @Nullable Integer machines) {

    /** A variant without options on one machine. */
    public Variant(
            String id,
            String model,
            String engine,
            String precision,
            String batching,
            String batchingPolicy,
            String device,
            String hardware) {
        this(id, model, engine, precision, batching, batchingPolicy, device, hardware, null, null);
    }

    /** What the machines that it takes cost, of a price for one. */
    public double price(double ofOne) {
        return machines == null ? ofOne : machines * ofOne;
    }
}
