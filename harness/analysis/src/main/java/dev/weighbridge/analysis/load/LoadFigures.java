package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.api.load.LoadGenerator.LoadRun;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Manifest.Objectives;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a load run came to: a pure function of its requests.
 *
 * <p>A request belongs to the steady window by its intended time; tokens and completions by the time at which they were
 * read. Whole-run figures are kept beside them with the scope {@code whole-run}.
 *
 * @param measurements of the trial
 * @param invalidReasons why the trial must not be ranked; empty when it may be
 * @param histograms by name, in nanoseconds
 */
public record LoadFigures(
        List<Measurement> measurements, List<String> invalidReasons, Map<String, Histogram> histograms) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String WHOLE_RUN = "whole-run";

    public LoadFigures {
        measurements = List.copyOf(measurements);
        invalidReasons = List.copyOf(invalidReasons);
    }

    /**
     * Computes the figures of a run.
     *
     * @param requests all of them, in any order
     * @param run its clock facts
     * @param scenario that was run
     * @param objectives that make a request good
     * @param circumstances what else bears on validity
     */
    public static LoadFigures of(
            List<RequestTiming> requests,
            LoadRun run,
            LoadScenario scenario,
            Objectives objectives,
            Circumstances circumstances) {
        Window window = new Window(run.steadyStartNanos(), run.steadyEndNanos());
        List<RequestTiming> offered = requests.stream()
                .filter(r -> window.contains(r.intendedNanos()))
                .toList();
        Map<String, LatencyDistribution> latencies = latencies(offered);
        List<Measurement> measurements = new ArrayList<>();
        latencies.values().forEach(latency -> measurements.addAll(latency.measurements()));
        measurements.addAll(rates(requests, offered, window, objectives));
        measurements.addAll(wholeRun(requests, objectives));
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        latencies.forEach((name, latency) -> {
            if (latency.count() > 0) {
                histograms.put(name, latency.histogram());
            }
        });
        List<String> reasons = new Validity(requests, offered, window, scenario, circumstances).reasons(latencies);
        return new LoadFigures(measurements, reasons, histograms);
    }

    /** Mean output tokens of completed requests by prompt, against which another variant's drift is held. */
    public static Map<Integer, Double> outputTokensByPrompt(List<RequestTiming> requests) {
        Map<Integer, long[]> sums = new LinkedHashMap<>();
        for (RequestTiming request : requests) {
            if (RequestLatency.completed(request)) {
                long[] sum = sums.computeIfAbsent(request.promptIndex(), index -> new long[2]);
                sum[0] += RequestLatency.outputTokens(request);
                sum[1]++;
            }
        }
        Map<Integer, Double> means = new LinkedHashMap<>();
        sums.forEach((prompt, sum) -> means.put(prompt, (double) sum[0] / sum[1]));
        return means;
    }

    private static Map<String, LatencyDistribution> latencies(List<RequestTiming> offered) {
        Map<String, LatencyDistribution> latencies = new LinkedHashMap<>();
        for (String name : List.of("ttft", "ttft_service", "tpot", "itl", "e2e", "schedule_delay")) {
            latencies.put(name, new LatencyDistribution(name));
        }
        for (RequestTiming request : offered) {
            if (request.sentNanos() >= 0) {
                add(latencies, "schedule_delay", request.sentNanos() - request.intendedNanos());
            }
            if (RequestLatency.completed(request)) {
                add(latencies, "ttft", RequestLatency.ttft(request));
                add(latencies, "ttft_service", RequestLatency.ttftService(request));
                add(latencies, "e2e", RequestLatency.e2e(request));
                RequestLatency.tpot(request).ifPresent(tpot -> add(latencies, "tpot", Math.round(tpot)));
                LatencyDistribution gaps = latencies.get("itl");
                if (gaps != null) {
                    RequestLatency.addInterTokenLatencies(request, gaps);
                }
            }
        }
        return latencies;
    }

    private static void add(Map<String, LatencyDistribution> latencies, String name, long nanos) {
        latencies.computeIfAbsent(name, LatencyDistribution::new).add(nanos);
    }

    private static List<Measurement> rates(
            List<RequestTiming> requests, List<RequestTiming> offered, Window window, Objectives objectives) {
        List<Measurement> rates = new ArrayList<>();
        double seconds = window.nanos() / NANOS_PER_SECOND;
        rates.add(rate("offered_rate", offered.size() / seconds, "requests/s", offered.size()));
        long achieved = requests.stream()
                .filter(RequestLatency::completed)
                .filter(r -> window.contains(r.endNanos()))
                .count();
        rates.add(rate("achieved_rate", achieved / seconds, "requests/s", achieved));
        SlicedRate outputTokens = new SlicedRate(window);
        SlicedRate totalTokens = new SlicedRate(window);
        SlicedRate goodTokens = new SlicedRate(window);
        for (RequestTiming request : requests) {
            if (RequestLatency.completed(request)) {
                addTokens(request, outputTokens, totalTokens);
                if (RequestLatency.good(request, objectives)) {
                    addTokens(request, goodTokens, new SlicedRate(window));
                }
            }
        }
        outputTokens.measurement("output_tokens_per_s", "tokens/s").ifPresent(rates::add);
        totalTokens.measurement("total_tokens_per_s", "tokens/s").ifPresent(rates::add);
        goodTokens.measurement("good_tokens_per_s", "tokens/s").ifPresent(rates::add);
        if (!offered.isEmpty()) {
            long good = offered.stream()
                    .filter(r -> RequestLatency.good(r, objectives))
                    .count();
            long failed =
                    offered.stream().filter(r -> !RequestLatency.completed(r)).count();
            rates.add(Proportion.measurement("goodput", "", good, offered.size()));
            rates.add(rate("good_requests_per_s", good / seconds, "requests/s", good));
            rates.add(Proportion.measurement("failed_share", "", failed, offered.size()));
            offered.stream()
                    .filter(RequestLatency::completed)
                    .mapToInt(RequestLatency::outputTokens)
                    .average()
                    .ifPresent(mean -> rates.add(new Measurement(
                            "output_tokens_mean",
                            "",
                            "output_tokens",
                            mean,
                            "tokens",
                            offered.size() - failed,
                            null,
                            null,
                            false)));
        }
        return rates;
    }

    /** Spreads the request's output tokens over the times at which its chunks were read; its prompt counts at the first. */
    private static void addTokens(RequestTiming request, SlicedRate outputTokens, SlicedRate totalTokens) {
        double scale = (double) RequestLatency.outputTokens(request) / Math.max(1, RequestLatency.chunkTokens(request));
        for (int i = 0; i < request.chunkNanos().length; i++) {
            double tokens = request.chunkTokens()[i] * scale;
            outputTokens.add(request.chunkNanos()[i], tokens);
            totalTokens.add(request.chunkNanos()[i], tokens);
        }
        totalTokens.add(request.chunkNanos()[0], Math.max(0, request.promptTokens()));
    }

    private static List<Measurement> wholeRun(List<RequestTiming> requests, Objectives objectives) {
        List<Measurement> figures = new ArrayList<>();
        long end = requests.stream().mapToLong(RequestTiming::endNanos).max().orElse(0);
        if (requests.isEmpty() || end <= 0) {
            return figures;
        }
        long good = requests.stream()
                .filter(r -> RequestLatency.good(r, objectives))
                .count();
        long tokens = requests.stream()
                .filter(RequestLatency::completed)
                .mapToLong(RequestLatency::outputTokens)
                .sum();
        figures.add(Proportion.measurement("goodput", WHOLE_RUN, good, requests.size()));
        figures.add(new Measurement(
                "output_tokens_per_s",
                WHOLE_RUN,
                "output_tokens_per_s",
                tokens / (end / NANOS_PER_SECOND),
                "tokens/s",
                tokens,
                null,
                null,
                false));
        return figures;
    }

    private static Measurement rate(String name, double value, String unit, long samples) {
        return new Measurement(name, "", name, value, unit, samples, null, null, false);
    }

    /**
     * What else bears on a run's validity.
     *
     * @param baselineTokensByPrompt mean output tokens of the baseline variant by prompt in the same scenario; empty for the
     *     baseline itself
     * @param ceilingRequestsPerSecond the client's own measured ceiling, or 0 when it was not measured
     * @param ceilingEventsPerSecond the client's own measured ceiling of streamed events, or 0 when it was not measured
     * @param cpuStealShare share of CPU time that the hypervisor took during the run, or 0 when it cannot be read
     */
    public record Circumstances(
            Map<Integer, Double> baselineTokensByPrompt,
            double ceilingRequestsPerSecond,
            double ceilingEventsPerSecond,
            double cpuStealShare) {
        public Circumstances {
            baselineTokensByPrompt = Map.copyOf(baselineTokensByPrompt);
        }

        /** Nothing else is known. */
        public static Circumstances none() {
            return new Circumstances(Map.of(), 0, 0, 0);
        }
    }

    /** A span of the run's clock, start included, end not. */
    record Window(long startNanos, long endNanos) {
        Window {
            if (endNanos <= startNanos) {
                throw new IllegalArgumentException(
                        "steady window must be longer than 0, got: " + startNanos + " to " + endNanos);
            }
        }

        boolean contains(long nanos) {
            return nanos >= startNanos && nanos < endNanos;
        }

        long nanos() {
            return endNanos - startNanos;
        }
    }
}
