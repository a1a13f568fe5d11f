package dev.weighbridge.core.study;

import dev.weighbridge.api.Batching;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.results.Manifest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a study file asks for.
 *
 * @param name kebab-case, names the folder of its runs
 * @param description for people
 * @param text the file as read
 * @param folder the file lies in; other paths are relative to it
 * @param seed of every choice that chance makes
 * @param models to weigh
 * @param engines ids
 * @param precisions to run each model at
 * @param batching policies to serve it under
 * @param device to run on
 * @param threads of one forward pass on a CPU
 * @param contextLength in tokens; 0 takes the model's own
 * @param hardware id of the machine in the price list
 * @param prices dated price list
 * @param baseline what the others are held against
 * @param parity tolerances
 * @param evaluation tasks
 * @param scenarios of load
 * @param repeats of each scenario
 * @param objectives that a deployment must meet
 */
public record Study(
        String name,
        String description,
        String text,
        Path folder,
        long seed,
        List<Model> models,
        List<String> engines,
        List<Precision> precisions,
        List<Batching> batching,
        DeviceRequest device,
        int threads,
        int contextLength,
        String hardware,
        Manifest.Prices prices,
        Baseline baseline,
        Parity parity,
        Evaluation evaluation,
        List<Scenario> scenarios,
        int repeats,
        Manifest.Objectives objectives) {

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
     * @param concurrency of requests
     */
    public record Evaluation(List<String> tasks, int samples, int concurrency) {}

    /**
     * One load.
     *
     * @param name kebab-case
     * @param arrivals open or closed loop
     * @param prompts id of the prompt pool
     */
    public record Scenario(
            String name,
            LoadScenario.Arrivals arrivals,
            Duration warmUp,
            Duration duration,
            Duration timeout,
            int maxTokens,
            String prompts,
            boolean allowPrefixReuse) {}
}
