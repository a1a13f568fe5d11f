package dev.weighbridge.interchange;

import dev.weighbridge.analysis.load.RequestLatency;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Writes what {@link VllmBench} reads. Latencies count from when a request was sent, as they do there. */
final class VllmBenchExport {
    private static final double MILLIS = 1e3;

    private VllmBenchExport() {}

    static String text(Manifest manifest, Trial trial, ExportedLoad load) {
        List<RequestTiming> completed = load.completed();
        long input = completed.stream()
                .mapToLong(request -> Math.max(0, request.promptTokens()))
                .sum();
        long output = completed.stream().mapToLong(RequestLatency::outputTokens).sum();
        boolean open = trial.workload().kind() == Workload.Kind.LOAD_OPEN
                || trial.workload().kind() == Workload.Kind.CAPACITY;
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("date", trial.startedAt());
        root.put("endpoint_type", "openai");
        root.put("backend", "openai");
        root.put("label", trial.variant().id());
        root.put("model_id", trial.variant().model());
        root.put("tokenizer_id", trial.variant().model());
        root.put("exporter", "weighbridge run " + manifest.runId() + ", trial " + trial.id());
        root.put("num_prompts", load.requests().size());
        root.put("request_rate", open ? load.requests().size() / load.seconds() : "inf");
        root.put("duration", load.seconds());
        root.put("completed", completed.size());
        root.put("failed", load.requests().size() - completed.size());
        root.put("total_input_tokens", input);
        root.put("total_output_tokens", output);
        root.put("request_throughput", completed.size() / load.seconds());
        root.put("output_throughput", output / load.seconds());
        root.put("total_token_throughput", (input + output) / load.seconds());
        putDetail(root, load.requests());
        put(root, "ttft", load.spread(ExportedLoad::ttft));
        put(root, "tpot", load.spread(ExportedLoad::tpot));
        put(root, "itl", load.gaps());
        put(root, "e2el", load.spread(ExportedLoad::latency));
        return Json.pretty(root);
    }

    private static void putDetail(Map<String, Object> root, List<RequestTiming> requests) {
        List<Integer> inputs = new ArrayList<>();
        List<Integer> outputs = new ArrayList<>();
        List<Double> ttfts = new ArrayList<>();
        List<double[]> itls = new ArrayList<>();
        List<Double> latencies = new ArrayList<>();
        List<Double> starts = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (RequestTiming request : requests) {
            boolean completed = RequestLatency.completed(request);
            inputs.add(Math.max(0, request.promptTokens()));
            outputs.add(completed ? RequestLatency.outputTokens(request) : 0);
            ttfts.add(completed ? ExportedLoad.ttft(request) : 0.0);
            itls.add(completed ? ExportedLoad.gaps(request) : new double[0]);
            latencies.add(completed ? ExportedLoad.latency(request) : 0.0);
            starts.add(Math.max(request.sentNanos(), request.intendedNanos()) / ExportedLoad.NANOS);
            errors.add(
                    completed
                            ? ""
                            : request.outcome().id() + ": "
                                    + Objects.requireNonNullElse(request.detail(), "no detail"));
        }
        root.put("input_lens", inputs);
        root.put("output_lens", outputs);
        root.put("ttfts", ttfts);
        root.put("itls", itls);
        root.put("latencies", latencies);
        root.put("start_times", starts);
        root.put("errors", errors);
    }

    private static void put(Map<String, Object> root, String name, Spread spread) {
        root.put("mean_" + name + "_ms", spread.mean() * MILLIS);
        root.put("median_" + name + "_ms", spread.percentile(50) * MILLIS);
        root.put("std_" + name + "_ms", spread.deviation() * MILLIS);
        root.put("p99_" + name + "_ms", spread.percentile(99) * MILLIS);
    }
}
