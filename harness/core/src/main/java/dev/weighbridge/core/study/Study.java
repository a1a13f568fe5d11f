package dev.weighbridge.core.study;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.datasets.Prompting;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a study file asks for.
 *
 * @param name kebab-case, names the folder of its runs
 * @param description for people
 * @param text the file as read
 * @param folder the file lies in; other paths are relative to it
 * @param seed of every choice that chance makes
 * @param models to weigh
 * @param engines that serve them
 * @param precisions to run each model at
 * @param batching policies to serve it under
 * @param gateways files that say what stands before an engine, by the name in variants; empty where the study has none
 * @param device to run on
 * @param threads of one forward pass on a CPU
 * @param contextLength in tokens; 0 takes the model's own
 * @param hardware id of the machine in the price list
 * @param prices dated price list
 * @param baseline what the others are held against
 * @param parity tolerances
 * @param evaluation tasks
 * @param scenarios of load at a given rate or number of users
 * @param capacity how the capacity is searched; empty when it is not
 * @param repeats blocks of each load
 * @param retries most further attempts at a trial that the machine disturbed
 * @param budget of load time in all; empty for no limit
 * @param objectives that a deployment must meet
 * @param maskPersonalData whether personal and secret data is masked in what is stored
 */
public record Study(
        String name,
        String description,
        String text,
        Path folder,
        long seed,
        List<Model> models,
        List<EngineChoice> engines,
        List<Precision> precisions,
        List<Batching> batching,
        Map<String, Path> gateways,
        DeviceRequest device,
        int threads,
        int contextLength,
        String hardware,
        Manifest.Prices prices,
        Baseline baseline,
        Parity parity,
        Evaluation evaluation,
        List<Scenario> scenarios,
        Optional<Capacity> capacity,
        int repeats,
        int retries,
        Optional<Duration> budget,
        Manifest.Objectives objectives,
        boolean maskPersonalData) {

    /**
     * A checkpoint.
     *
     * @param path of its folder
     * @param licence SPDX id as the study states it
     */
    public record Model(Path path, String licence) {}

    /** The variant that the others are held against. */
    public record Baseline(String engine, Precision precision, Batching batching) {}

    /**
     * How far a variant's logits may be from the baseline's.
     *
     * @param prompts number of texts that are compared
     * @param maxKlDivergence largest mean Kullback-Leibler divergence in nats, by precision
     * @param minTop1Agreement least share of equal most likely tokens, by precision
     */
    public record Parity(
            int prompts, Map<Precision, Double> maxKlDivergence, Map<Precision, Double> minTop1Agreement) {}

    /**
     * What is asked of every variant.
     *
     * @param tasks ids of task sets
     * @param samples of each task; a seeded draw when the task has more
     * @param subset of these samples that is asked of a variant that differs from an evaluated one in batching alone
     * @param concurrency of requests
     * @param prompting how prompts are put before a model
     * @param underLoad whether the subset is asked once more beside a load at the variant's capacity
     */
    public record Evaluation(
            List<String> tasks, int samples, int subset, int concurrency, Prompting prompting, boolean underLoad) {}

    /**
     * One load.
     *
     * @param name kebab-case
     * @param kind what its trials are called
     * @param arrivals when sessions begin
     * @param workload what they ask
     * @param allowPrefixReuse whether prompts may repeat
     * @param keepTexts whether the texts of answers are kept
     */
    public record Scenario(
            String name,
            Workload.Kind kind,
            ArrivalPattern arrivals,
            Duration warmUp,
            Duration duration,
            Duration timeout,
            WorkloadPlan workload,
            boolean allowPrefixReuse,
            boolean keepTexts) {

        /** The same with other arrivals. */
        public Scenario offering(ArrivalPattern other) {
            return as(name, kind, other);
        }

        /** The same with answers of another length, in all its classes. */
        public Scenario asking(TokenLength length) {
            return new Scenario(
                    name,
                    kind,
                    arrivals,
                    warmUp,
                    duration,
                    timeout,
                    workload.asking(length),
                    allowPrefixReuse,
                    keepTexts);
        }

        private Scenario as(String otherName, Workload.Kind otherKind, ArrivalPattern other) {
            return new Scenario(
                    otherName, otherKind, other, warmUp, duration, timeout, workload, allowPrefixReuse, keepTexts);
        }
    }

    /**
     * How the capacity of a variant is searched.
     *
     * @param load what is offered, but for its rate
     * @param users of the closed loop that comes before the search and shows the most that a variant does
     * @param startRate first rate in requests a second where that is not known
     * @param resolution at which the search ends: lowest rate that missed over highest that held, less 1
     * @param mostProbes in one block
     * @param moreRepeats further blocks for variants that the planned ones could not tell from the cheapest
     */
    public record Capacity(
            Scenario load, int users, double startRate, double resolution, int mostProbes, int moreRepeats) {
        /** The closed loop that shows the most that a variant does. */
        public Scenario saturation() {
            return load.as("saturation", Workload.Kind.SATURATION, new Closed(users));
        }

        /** The search's load; each probe has a rate of its own. */
        public Scenario probe() {
            return load.as("capacity", Workload.Kind.CAPACITY, new Poisson(startRate));
        }
    }
}
