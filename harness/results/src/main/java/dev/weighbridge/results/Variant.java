package dev.weighbridge.results;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final int LONGEST_PART = 48;

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

    /** One of a load outside a study, of which only names are known; as hardware it has the text {@code unknown}. */
    public static Variant outsideStudy(String model, String engine, String precision, String batching, String device) {
        String id = Stream.of(model, engine, precision, batching)
                .map(Variant::shortIdPart)
                .collect(Collectors.joining("~"));
        return new Variant(id, model, engine, precision, batching, batching, device, "unknown");
    }

    /** A name as a part of ids and file names. */
    public static String idPart(String name) {
        return name.replaceAll("[^A-Za-z0-9._+-]", "_");
    }

    /** The same of a name that nobody here chose, that may be of any length and begin with anything. */
    public static String shortIdPart(String name) {
        String part = idPart(name).replaceFirst("^[^A-Za-z0-9]+", "");
        if (part.isEmpty()) {
            return "unnamed";
        }
        return part.substring(0, Math.min(LONGEST_PART, part.length()));
    }

    /** What the machines that it takes cost, of a price for one. */
    public double price(double ofOne) {
        return machines == null ? ofOne : machines * ofOne;
    }
}
