package dev.weighbridge.core.study;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.ServerTarget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An engine of a study.
 *
 * @param name in the names of variants
 * @param adapter id of the engine's provider
 * @param server that it is; empty for engines that run the checkpoint themselves
 * @param axes options by name with the values that make variants of their own
 * @param precisions at which it is weighed; empty for the study's
 * @param batching under which it is weighed; empty for the study's
 * @param gpus that a variant pays for: a number, or the name of an option that is one
 * @param tokenizer that counts the tokens of its answers beside itself: a {@code tokenizer.json} or the folder of one; empty for none
 */
public record EngineChoice(
        String name,
        String adapter,
        Optional<ServerTarget> server,
        Map<String, List<String>> axes,
        List<Precision> precisions,
        List<Batching> batching,
        String gpus,
        Optional<Path> tokenizer) {
    public EngineChoice {
        axes = Map.copyOf(axes);
        precisions = List.copyOf(precisions);
        batching = List.copyOf(batching);
    }

    /** An engine that runs the checkpoint itself, under all that the study asks. */
    public static EngineChoice of(String id) {
        return new EngineChoice(id, id, Optional.empty(), Map.of(), List.of(), List.of(), "1", Optional.empty());
    }

    /** Option of a variant that says what stands before its engine. */
    public static final String GATEWAY = "gateway";

    /** The same behind each of some gateways; the same where there are none. */
    EngineChoice behind(List<String> gateways) {
        if (gateways.isEmpty()) {
            return this;
        }
        Map<String, List<String>> more = new LinkedHashMap<>(axes);
        more.put(GATEWAY, gateways);
        return new EngineChoice(name, adapter, server, more, precisions, batching, gpus, tokenizer);
    }

    /** Every combination of its options, in order of their names; one empty combination where it has none. */
    public List<Map<String, String>> combinations() {
        List<Map<String, String>> combinations = List.of(Map.of());
        for (Map.Entry<String, List<String>> axis : new TreeMap<>(axes).entrySet()) {
            List<Map<String, String>> longer = new ArrayList<>();
            for (Map<String, String> combination : combinations) {
                for (String value : axis.getValue()) {
                    Map<String, String> with = new LinkedHashMap<>(combination);
                    with.put(axis.getKey(), value);
                    longer.add(with);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /** How many machines' price a variant with these options has. */
    public int gpus(Map<String, String> options) {
        return Integer.parseInt(options.getOrDefault(gpus, gpus));
    }

    /** What can be said of the gpus before any variant is made; empty when it is good. */
    Optional<String> gpusProblem() {
        List<String> counts = axes.getOrDefault(gpus, List.of(gpus));
        return counts.stream().allMatch(count -> count.matches("[1-9]\\d{0,3}"))
                ? Optional.empty()
                : Optional.of(
                        "must be a number of 1 or more, or the name of an option whose values are, got: " + counts);
    }

    /** Options as part of a variant's name, and nothing where there are none. */
    public static String suffix(Map<String, String> options) {
        StringBuilder suffix = new StringBuilder();
        new TreeMap<>(options)
                .forEach((name, value) -> suffix.append(suffix.isEmpty() ? "~" : "+")
                        .append(name)
                        .append('_')
                        .append(value.replaceAll("[^A-Za-z0-9._-]", "_")));
        return suffix.toString();
    }
}
