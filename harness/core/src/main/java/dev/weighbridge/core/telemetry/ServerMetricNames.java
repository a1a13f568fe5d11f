package dev.weighbridge.core.telemetry;

import dev.weighbridge.results.TelemetrySample;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What servers call the same things. Names: vLLM's, SGLang's, TGI's, llama.cpp's and Triton's documentation of their metrics, and this
 * project's server. Of Triton's own names one means the same; its vLLM backend adds vLLM's, and those of its TensorRT-LLM backend differ by
 * label alone.
 */
final class ServerMetricNames {
    private static final List<String> WAITING = List.of(
            "vllm:num_requests_waiting",
            "sglang:num_queue_reqs",
            "tgi_queue_size",
            "llamacpp:requests_deferred",
            "nv_inference_pending_request_count",
            "weighbridge_requests_waiting");
    private static final List<String> RUNNING = List.of(
            "vllm:num_requests_running",
            "sglang:num_running_reqs",
            "tgi_batch_current_size",
            "llamacpp:requests_processing",
            "weighbridge_requests_running");
    private static final List<String> CACHE_SHARE = List.of(
            "vllm:kv_cache_usage_perc",
            "vllm:gpu_cache_usage_perc",
            "sglang:token_usage",
            "llamacpp:kv_cache_usage_ratio");
    private static final List<String> PREEMPTIONS = List.of("vllm:num_preemptions_total", "vllm:num_preemptions");
    private static final List<String> PREFIX_QUERIES = List.of(
            "vllm:prefix_cache_queries_total", "vllm:prefix_cache_queries", "vllm:gpu_prefix_cache_queries_total");
    private static final List<String> PREFIX_HITS =
            List.of("vllm:prefix_cache_hits_total", "vllm:prefix_cache_hits", "vllm:gpu_prefix_cache_hits_total");

    private ServerMetricNames() {}

    /** The common figures of a server's metrics; {@code null} where none of them is known. */
    static TelemetrySample.@Nullable Server read(Map<String, Double> metrics) {
        TelemetrySample.Server server = new TelemetrySample.Server(
                first(metrics, WAITING),
                first(metrics, RUNNING),
                first(metrics, CACHE_SHARE),
                first(metrics, PREEMPTIONS),
                first(metrics, PREFIX_QUERIES),
                first(metrics, PREFIX_HITS));
        return server.equals(new TelemetrySample.Server(null, null, null, null, null, null)) ? null : server;
    }

    private static @Nullable Double first(Map<String, Double> metrics, List<String> names) {
        return names.stream()
                .filter(metrics::containsKey)
                .map(metrics::get)
                .findFirst()
                .orElse(null);
    }
}
