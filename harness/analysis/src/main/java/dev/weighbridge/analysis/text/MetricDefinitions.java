package dev.weighbridge.analysis.text;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the ids of metric definitions mean, in one sentence each. */
public final class MetricDefinitions {
    private static final Map<String, String> TEXTS = new LinkedHashMap<>();

    static {
        put(
                "ttft",
                "Time to first token: first output chunk minus intended send time, so that a late client cannot hide a wait.");
        put("ttft_service", "Time to first token from the moment the request was really sent.");
        put("schedule_delay", "Sent minus intended send time: the client's own lateness.");
        put(
                "tpot",
                "Time per output token after the first chunk: (last − first chunk) / tokens after the first chunk.");
        put(
                "itl",
                "Inter-token latency: gap between output chunks divided by the later chunk's tokens, counted once a token.");
        put("e2e", "Last output chunk minus intended send time.");
        put("output_tokens", "Output tokens of a request as the server counts them, else as our tokenizer does.");
        put(
                "output_tokens_per_s",
                "Output tokens of completed requests a second, at the highest measured load that met the objectives.");
        put("total_tokens_per_s", "Prompt and output tokens of completed requests a second over the steady window.");
        put("good_tokens_per_s", "Output tokens a second of requests that met every objective.");
        put("offered_rate", "Requests scheduled a second over the steady window.");
        put("achieved_rate", "Requests completed a second over the steady window.");
        put("goodput", "Requests that met every objective divided by requests offered; a failed request is not good.");
        put("good_requests_per_s", "Requests that met every objective, a second.");
        put("failed_share", "Requests that did not complete divided by requests offered.");
        put(
                "usd_per_1m_output_tokens",
                "Price per hour / 3600 / output tokens a second × 10⁶, at the highest measured load that met the objectives.");
        put("accuracy", "Share of samples answered right; a sample without an answer counts as wrong.");
        put("flips", "Samples whose answer changed between right and wrong against the baseline, by direction.");
        put("mcnemar_p", "Two-sided exact probability of flips at least this one-sided if both directions were alike.");
        put("failed_samples", "Samples that got no answer; they count as wrong.");
        put("kl_divergence_p99", "99th percentile over positions of the divergence from the baseline, in nats.");
        put("kl_divergence_max", "Largest divergence from the baseline at any position, in nats.");
        put(
                "accuracy_difference",
                "Accuracy minus the baseline's on the same samples, with the interval of the paired difference.");
        put(
                "kl_divergence",
                "Mean Kullback–Leibler divergence of the variant's next-token distribution from the baseline's, in nats.");
        put("top1_agreement", "Share of positions at which the variant's most likely next token is the baseline's.");
    }

    private MetricDefinitions() {}

    /** Ids with their sentences, of those ids that are known and asked for, in a fixed order. */
    public static Map<String, String> of(Collection<String> ids) {
        Map<String, String> known = new LinkedHashMap<>();
        TEXTS.forEach((id, text) -> {
            if (ids.contains(id)) {
                known.put(id, text);
            }
        });
        return known;
    }

    private static void put(String id, String text) {
        TEXTS.put(id, text);
    }
}
