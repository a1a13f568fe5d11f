package dev.weighbridge.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The records that AIPerf keeps of each request, {@code profile_export.jsonl}. Format and definitions: AIPerf 0.13, its
 * documentation of metrics, and files that it wrote.
 *
 * <p>A credit is issued when the schedule wants a request out, so that every latency can be taken from there.
 */
final class AiPerf implements ForeignFormat {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String id() {
        return "aiperf";
    }

    @Override
    public boolean recognises(ForeignFile file) {
        JsonNode root = file.first();
        return root.path("metadata").has("credit_issued_ns") || root.has("aiperf_version");
    }

    @Override
    public List<ForeignLoad> read(ForeignFile file) {
        if (file.first().has("aiperf_version")) {
            throw file.invalid(
                    "holds figures of the whole run only. Give the profile_export.jsonl beside it, which keeps each"
                            + " request");
        }
        List<JsonNode> records = new ArrayList<>(file.values().stream()
                .filter(record -> record.path("metadata")
                        .path("benchmark_phase")
                        .asText("")
                        .equals("profiling"))
                .toList());
        if (records.isEmpty()) {
            throw file.invalid("holds no request of the profiling phase");
        }
        records.sort(Comparator.comparingLong(record -> intended(file, record)));
        long origin = intended(file, records.get(0));
        List<RequestTiming> requests = new ArrayList<>();
        long lumps = 0;
        long completed = 0;
        for (JsonNode record : records) {
            RequestTiming request = request(file, record, requests.size(), origin);
            requests.add(request);
            if (request.outcome() == Outcome.COMPLETED) {
                completed++;
                lumps += request.chunkNanos().length == request.outputTokens() ? 0 : 1;
            }
        }
        Map<String, String> refused = new LinkedHashMap<>();
        if (lumps > 0) {
            String reason = lumps + " of " + completed
                    + " answers came in another number of chunks than tokens, and the records do not tell which held several";
            refused.put("tpot", reason);
            refused.put("itl", reason);
        }
        long end = requests.stream().mapToLong(RequestTiming::endNanos).max().orElse(0) + 1;
        return List.of(new ForeignLoad(
                "AIPerf",
                null,
                "profiling",
                false,
                Instant.ofEpochMilli(origin / 1_000_000).toString(),
                0,
                end,
                requests,
                refused));
    }

    private static long intended(ForeignFile file, JsonNode record) {
        return time(file, record, "credit_issued_ns");
    }

    private static long time(ForeignFile file, JsonNode record, String name) {
        JsonNode time = record.path("metadata").path(name);
        if (!time.isIntegralNumber() || !time.canConvertToLong()) {
            throw file.invalid("has a record without a time at metadata." + name);
        }
        return time.asLong();
    }

    private static RequestTiming request(ForeignFile file, JsonNode record, int index, long origin) {
        long sent = time(file, record, "request_start_ns") - origin;
        JsonNode metrics = record.path("metrics");
        JsonNode error = record.path("error");
        boolean cancelled = record.path("metadata").path("was_cancelled").asBoolean(false);
        boolean failed = error.isObject() || cancelled;
        JsonNode first = metrics.path("time_to_first_token").path("value");
        long[] chunks = failed || !first.isNumber() ? new long[0] : chunks(file, metrics, first, sent);
        int[] tokens = new int[chunks.length];
        Arrays.fill(tokens, 1);
        Outcome outcome = cancelled
                ? Outcome.CANCELLED
                : failed ? outcome(error) : chunks.length == 0 ? Outcome.FAILED_EMPTY : Outcome.COMPLETED;
        return new RequestTiming(
                index,
                Math.min(sent, intended(file, record) - origin),
                sent,
                chunks,
                tokens,
                time(file, record, "request_end_ns") - origin,
                tokens(metrics, "usage_prompt_tokens", "input_sequence_length"),
                outcome == Outcome.COMPLETED
                        ? tokens(metrics, "usage_completion_tokens", "output_sequence_length")
                        : -1,
                outcome,
                outcome == Outcome.COMPLETED ? 200 : error.path("code").asInt(0),
                failed
                        ? error.path("type").asText("") + ": "
                                + error.path("message").asText("")
                        : null,
                index,
                null,
                null,
                null,
                null,
                null,
                null,
                cancelled ? true : null,
                null,
                null,
                null);
    }

    private static long[] chunks(ForeignFile file, JsonNode metrics, JsonNode first, long sent) {
        JsonNode gaps = metrics.path("inter_chunk_latency").path("value");
        long[] chunks = new long[1 + gaps.size()];
        double at = first.asDouble();
        chunks[0] = sent + Math.round(at * NANOS_PER_MILLI);
        for (int i = 0; i < gaps.size(); i++) {
            at += Math.max(0, file.number(gaps.path(i), "metrics.inter_chunk_latency[" + i + "]"));
            chunks[i + 1] = sent + Math.round(at * NANOS_PER_MILLI);
        }
        return chunks;
    }

    private static int tokens(JsonNode metrics, String counted, String tokenized) {
        JsonNode usage = metrics.path(counted).path("value");
        return usage.isNumber()
                ? usage.asInt()
                : metrics.path(tokenized).path("value").asInt(-1);
    }

    private static Outcome outcome(JsonNode error) {
        int code = error.path("code").asInt(0);
        if (code == TOO_MANY_REQUESTS || code == SERVICE_UNAVAILABLE) {
            return Outcome.REJECTED;
        }
        if (error.path("type").asText("").contains("Timeout")) {
            return Outcome.TIMED_OUT;
        }
        return code >= 400 && code < 600 && code != 499 ? Outcome.FAILED_HTTP_STATUS : Outcome.FAILED_ENGINE;
    }
}
