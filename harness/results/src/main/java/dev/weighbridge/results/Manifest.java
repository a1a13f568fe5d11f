package dev.weighbridge.results;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the facts of a run come from.
 *
 * @param schemaVersion of this record
 * @param study name
 * @param runId unique among the runs of a study
 * @param studySha256 of the study file as read
 * @param studyText the study file as read
 * @param createdAt ISO-8601 instant
 * @param gitCommit of the working tree that ran it, with {@code -dirty} when it held changes, or {@code null} when it was not
 *     run from one
 * @param seeds by purpose
 * @param host facts: os, kernel, cpu, instruction_sets, cores, memory_bytes, gpu, driver, hostname is left out on purpose
 * @param software versions by name: jvm, gatling, engines and their libraries
 * @param models that were weighed
 * @param data task sets and prompt pools
 * @param prices the price list that the study names
 * @param baseline id of the variant that the others are held against
 * @param objectives of the study
 * @param variants planned, in order
 * @param plan what was to be measured of them
 */
public record Manifest(
        int schemaVersion,
        String study,
        String runId,
        String studySha256,
        String studyText,
        String createdAt,
        @Nullable String gitCommit,
        Map<String, Long> seeds,
        Map<String, String> host,
        Map<String, String> software,
        List<Model> models,
        List<Data> data,
        Prices prices,
        String baseline,
        Objectives objectives,
        List<Variant> variants,
        Plan plan) {

    public static final int SCHEMA_VERSION = 3;

    public Manifest {
        models = List.copyOf(models);
        data = List.copyOf(data);
        variants = List.copyOf(variants);
    }

    /** Whether the model of a variant has random weights. */
    public boolean hasRandomWeights(Variant variant) {
        return models.stream()
                .anyMatch(model -> model.randomWeights() != null
                        && Variant.idPart(model.name()).equals(Variant.idPart(variant.model())));
    }

    /**
     * The manifest of loads of one variant that no study planned.
     *
     * @param scenarios names of the loads
     */
    public static Manifest ofLoads(
            String study,
            String runId,
            String createdAt,
            Map<String, Long> seeds,
            Map<String, String> host,
            Map<String, String> software,
            List<Data> data,
            Objectives objectives,
            Variant variant,
            List<String> scenarios) {
        return new Manifest(
                SCHEMA_VERSION,
                study,
                runId,
                "",
                "",
                createdAt,
                null,
                seeds,
                host,
                software,
                List.of(new Model(variant.model(), "unknown", "unknown", 0)),
                data,
                new Prices("none", "", "", Map.of()),
                variant.id(),
                objectives,
                List.of(variant),
                new Plan(List.of(), scenarios, null, 1, null, Map.of(variant.id(), variant.id())));
    }

    /**
     * A checkpoint that was weighed.
     *
     * @param name of the checkpoint
     * @param sha256 over configuration, tokenizer and weights
     * @param licence SPDX id as the card states it, or {@code unknown}
     * @param parameters number of weights
     * @param randomWeights what its weights were drawn from, or {@code null} when they are not known to be random
     */
    public record Model(
            String name,
            String sha256,
            String licence,
            long parameters,
            @Nullable RandomWeights randomWeights) {

        /** A checkpoint that is not known to have random weights. */
        public Model(String name, String sha256, String licence, long parameters) {
            this(name, sha256, licence, parameters, null);
        }
    }

    /**
     * Weights that were never trained: good for speed, and for nothing that depends on answers.
     *
     * @param shape name of the model's shape
     * @param seed that the weights follow from
     */
    public record RandomWeights(String shape, long seed) {}

    /**
     * A task set or prompt pool.
     *
     * @param id of the set
     * @param version of the set
     * @param sha256 of its samples
     * @param licence SPDX id
     * @param samples number used
     */
    public record Data(String id, String version, String sha256, String licence, int samples) {}

    /**
     * A dated price list.
     *
     * @param name of the list
     * @param date ISO-8601 date on which the prices held
     * @param source where they come from
     * @param usdPerHour by hardware id
     */
    public record Prices(String name, String date, String source, Map<String, Double> usdPerHour) {
        public Prices {
            usdPerHour = Map.copyOf(usdPerHour);
        }
    }

    /**
     * What a deployment must meet.
     *
     * @param ttftMillis longest good TTFT of one request, or {@code null} for none
     * @param tpotMillis longest good TPOT of one request, or {@code null} for none
     * @param e2eMillis longest good end-to-end time of one request, or {@code null} for none
     * @param goodputShare share of offered requests that must be good
     * @param accuracyMargin largest loss of accuracy against the baseline that is still non-inferior, as a share
     */
    public record Objectives(
            @Nullable Double ttftMillis,
            @Nullable Double tpotMillis,
            @Nullable Double e2eMillis,
            double goodputShare,
            double accuracyMargin) {}

    /**
     * What was to be measured of every variant, so that half a run never looks like a whole one.
     *
     * @param tasks to evaluate on, by id
     * @param scenarios of load by name, in the order of the study; the capacity search is not among them
     * @param search of every variant's capacity; {@code null} when none was asked for
     * @param repeats blocks of each load
     * @param loadBudgetSeconds that all loads together may take; {@code null} for no bound
     * @param baselines id of the variant that each variant's logits are held against, by id
     */
    public record Plan(
            List<String> tasks,
            List<String> scenarios,
            @Nullable Search search,
            int repeats,
            @Nullable Double loadBudgetSeconds,
            Map<String, String> baselines) {
        public Plan {
            tasks = List.copyOf(tasks);
            scenarios = List.copyOf(scenarios);
            baselines = Map.copyOf(baselines);
        }
    }

    /**
     * How far the search of one block goes.
     *
     * @param resolution at which it ends: lowest rate that missed over highest that held, less 1
     * @param mostProbes most rates that it offers
     * @param moreRepeats further blocks that those variants get which the planned ones could not tell from the cheapest
     */
    public record Search(double resolution, int mostProbes, int moreRepeats) {
        /** A search in the planned blocks alone. */
        public Search(double resolution, int mostProbes) {
            this(resolution, mostProbes, 0);
        }
    }
}
