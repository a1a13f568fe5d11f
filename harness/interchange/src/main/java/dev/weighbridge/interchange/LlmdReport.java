package dev.weighbridge.interchange;

import dev.weighbridge.analysis.load.RequestLatency;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Trial;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes llm-d's benchmark report. Format: llm-d-benchmark, {@code br_v0_2_1_json_schema.json}. What it asks of the deployment's
 * parts and is not known here is left out.
 */
final class LlmdReport {
    private LlmdReport() {}

    static String text(Manifest manifest, Trial trial, ExportedLoad load) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("version", "0.2.1");
        root.put("run", run(manifest, trial, load));
        root.put("scenario", Map.of("load", scenario(trial, load)));
        root.put("results", Map.of("request_performance", Map.of("aggregate", aggregate(load))));
        return Json.pretty(root);
    }

    private static Map<String, Object> run(Manifest manifest, Trial trial, ExportedLoad load) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("uid", manifest.runId() + "/" + trial.id());
        run.put("eid", manifest.study());
        run.put("description", "weighbridge trial of " + trial.variant().id());
        Map<String, Object> time = new LinkedHashMap<>();
        try {
            Instant start = Instant.parse(trial.startedAt());
            time.put("start", start.toString());
        } catch (DateTimeParseException e) {
            // A run that was imported may not know when it began.
            time.put("start", null);
        }
        time.put(
                "duration",
                Duration.ofNanos((long) (load.seconds() * ExportedLoad.NANOS)).toString());
        run.put("time", time);
        return run;
    }

    private static Map<String, Object> scenario(Trial trial, ExportedLoad load) {
        Map<String, Object> standardized = new LinkedHashMap<>();
        standardized.put("tool", "weighbridge");
        standardized.put("tool_version", "0.1.0");
        standardized.put("source", "unknown");
        standardized.put("input_seq_len", length(load.spread(LlmdReport::promptTokens)));
        standardized.put("output_seq_len", length(load.spread(RequestLatency::outputTokens)));
        Double rate = trial.workload().offeredRate();
        if (rate != null) {
            standardized.put("rate_qps", rate);
        }
        Map<String, Object> scenario = new LinkedHashMap<>();
        scenario.put("metadata", Map.of("description", trial.workload().name()));
        scenario.put("standardized", standardized);
        scenario.put("native", Map.of());
        return scenario;
    }

    private static Map<String, Object> length(Spread spread) {
        Map<String, Object> length = new LinkedHashMap<>();
        length.put("distribution", "other");
        length.put("value", spread.mean());
        length.put("std_dev", spread.deviation());
        length.put("min", (int) spread.percentile(0));
        length.put("max", (int) spread.percentile(100));
        return length;
    }

    private static double promptTokens(RequestTiming request) {
        return Math.max(0, request.promptTokens());
    }

    private static Map<String, Object> aggregate(ExportedLoad load) {
        List<RequestTiming> completed = load.completed();
        Map<String, Object> requests = new LinkedHashMap<>();
        requests.put("total", load.requests().size());
        requests.put("failures", load.requests().size() - completed.size());
        requests.put("input_length", statistics("count", load.spread(LlmdReport::promptTokens)));
        requests.put("output_length", statistics("count", load.spread(RequestLatency::outputTokens)));
        Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("time_to_first_token", statistics("s", load.spread(ExportedLoad::ttft)));
        latency.put(
                "normalized_time_per_output_token",
                statistics(
                        "s/token",
                        load.spread(request ->
                                ExportedLoad.latency(request) / Math.max(1, RequestLatency.outputTokens(request)))));
        latency.put("time_per_output_token", statistics("s/token", load.spread(ExportedLoad::tpot)));
        latency.put("inter_token_latency", statistics("s/token", load.gaps()));
        latency.put("request_latency", statistics("s", load.spread(ExportedLoad::latency)));
        double input = completed.stream().mapToDouble(LlmdReport::promptTokens).sum();
        double output =
                completed.stream().mapToLong(RequestLatency::outputTokens).sum();
        Map<String, Object> throughput = new LinkedHashMap<>();
        throughput.put("input_token_rate", mean("tokens/s", input / load.seconds()));
        throughput.put("output_token_rate", mean("tokens/s", output / load.seconds()));
        throughput.put("total_token_rate", mean("tokens/s", (input + output) / load.seconds()));
        throughput.put("request_rate", mean("queries/s", completed.size() / load.seconds()));
        Map<String, Object> aggregate = new LinkedHashMap<>();
        aggregate.put("requests", requests);
        aggregate.put("latency", latency);
        aggregate.put("throughput", throughput);
        return aggregate;
    }

    private static Map<String, Object> mean(String units, double value) {
        Map<String, Object> statistics = new LinkedHashMap<>();
        statistics.put("units", units);
        statistics.put("mean", value);
        return statistics;
    }

    private static Map<String, Object> statistics(String units, Spread spread) {
        Map<String, Object> statistics = mean(units, spread.mean());
        statistics.put("stddev", spread.deviation());
        statistics.put("min", spread.percentile(0));
        statistics.put("p0p1", spread.percentile(0.1));
        statistics.put("p1", spread.percentile(1));
        statistics.put("p5", spread.percentile(5));
        statistics.put("p10", spread.percentile(10));
        statistics.put("p25", spread.percentile(25));
        statistics.put("p50", spread.percentile(50));
        statistics.put("p75", spread.percentile(75));
        statistics.put("p90", spread.percentile(90));
        statistics.put("p95", spread.percentile(95));
        statistics.put("p99", spread.percentile(99));
        statistics.put("p99p9", spread.percentile(99.9));
        statistics.put("max", spread.percentile(100));
        return statistics;
    }
}
