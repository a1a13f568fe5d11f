package dev.weighbridge.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON that {@code vllm bench serve --save-result --save-detailed} writes. Format and definitions: vLLM,
 * {@code vllm/benchmarks/serve.py} and {@code vllm/benchmarks/lib/endpoint_request_func.py}.
 *
 * <p>There a request begins when it is sent, not when the schedule wanted it, and the first chunk is the first with {@code choices},
 * whether it carries output or not; the file does not tell which do. So a request with more chunks than tokens has chunks that are
 * no output, and its latencies are none by the definitions here.
 */
final class VllmBench implements ForeignFormat {
    private static final double NANOS = 1e9;
    private static final String NOT_SCHEDULED =
            "the file tells when a request was sent, not when the schedule wanted it out";

    @Override
    public String id() {
        return "vllm";
    }

    @Override
    public boolean recognises(ForeignFile file) {
        JsonNode root = file.first();
        return root.has("request_throughput") && root.has("completed") && root.has("duration");
    }

    @Override
    public List<ForeignLoad> read(ForeignFile file) {
        JsonNode root = file.first();
        if (!root.has("start_times") || !root.has("ttfts")) {
            throw file.invalid("has no detail of each request, without which no figure of another definition can be"
                    + " converted. Run vllm bench serve with --save-detailed");
        }
        JsonNode rate = root.path("request_rate");
        boolean open = rate.isNumber();
        List<RequestTiming> requests = requests(file, root);
        long longest =
                requests.stream().mapToLong(RequestTiming::endNanos).max().orElse(0) + 1;
        long duration = (long) (file.number(root.path("duration"), "duration") * NANOS);
        return List.of(new ForeignLoad(
                "vllm bench serve",
                root.path("model_id").asText(null),
                name(root, open),
                open,
                null,
                0,
                Math.max(longest, duration),
                requests,
                refused(root, requests, open)));
    }

    private static String name(JsonNode root, boolean open) {
        if (open) {
            return "rate-" + root.path("request_rate").asText();
        }
        JsonNode users = root.path("max_concurrency");
        return users.isNumber() ? "concurrency-" + users.asText() : "all-at-once";
    }

    private static List<RequestTiming> requests(ForeignFile file, JsonNode root) {
        int size = root.path("start_times").size();
        for (String array : List.of("input_lens", "output_lens", "ttfts", "itls", "start_times", "errors")) {
            if (root.path(array).size() != size) {
                throw file.invalid(
                        "has " + root.path(array).size() + " entries in " + array + " and " + size + " in start_times");
            }
        }
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        double[] starts = new double[size];
        for (int i = 0; i < size; i++) {
            starts[i] = file.number(root.path("start_times").path(i), "start_times[" + i + "]");
        }
        Arrays.sort(order, Comparator.comparingDouble(i -> starts[i]));
        List<RequestTiming> requests = new ArrayList<>();
        for (int i : order) {
            long start = Math.round((starts[i] - starts[order[0]]) * NANOS);
            requests.add(request(file, root, i, requests.size(), start));
        }
        return requests;
    }

    private static RequestTiming request(ForeignFile file, JsonNode root, int i, int index, long start) {
        String error = root.path("errors").path(i).asText("");
        JsonNode gaps = root.path("itls").path(i);
        int input = file.count(root.path("input_lens").path(i), "input_lens[" + i + "]");
        int output = file.count(root.path("output_lens").path(i), "output_lens[" + i + "]");
        if (!error.isEmpty() || output == 0) {
            String detail = error.isEmpty() ? "no output" : lastLine(error);
            return new RequestTiming(
                    index,
                    start,
                    start,
                    new long[0],
                    new int[0],
                    start,
                    input,
                    -1,
                    error.isEmpty() ? Outcome.FAILED_EMPTY : Outcome.FAILED_ENGINE,
                    0,
                    detail,
                    index,
                    null);
        }
        double at = file.number(root.path("ttfts").path(i), "ttfts[" + i + "]");
        long[] chunks = new long[gaps.size() + 1];
        chunks[0] = start + Math.round(at * NANOS);
        for (int gap = 0; gap < gaps.size(); gap++) {
            at += Math.max(0, file.number(gaps.path(gap), "itls[" + i + "][" + gap + "]"));
            chunks[gap + 1] = start + Math.round(at * NANOS);
        }
        int[] tokens = new int[chunks.length];
        Arrays.fill(tokens, 1);
        long end = chunks[chunks.length - 1];
        return new RequestTiming(
                index, start, start, chunks, tokens, end, input, output, Outcome.COMPLETED, 200, null, index, null);
    }

    /** Of a traceback, what failed. */
    private static String lastLine(String error) {
        return error.strip().lines().reduce((first, second) -> second).orElse("");
    }

    private static Map<String, String> refused(JsonNode root, List<RequestTiming> requests, boolean open) {
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put("schedule_delay", NOT_SCHEDULED);
        boolean closed = !open && root.path("max_concurrency").isNumber();
        if (!closed) {
            List.of("ttft", "e2e", "goodput").forEach(figure -> refused.put(figure, NOT_SCHEDULED));
        }
        long completed = requests.stream()
                .filter(request -> request.outcome() == Outcome.COMPLETED)
                .count();
        long more = requests.stream()
                .filter(request -> request.chunkNanos().length > request.outputTokens())
                .count();
        long fewer = requests.stream()
                .filter(request -> request.outcome() == Outcome.COMPLETED)
                .filter(request -> request.chunkNanos().length < request.outputTokens())
                .count();
        if (more > 0) {
            String reason =
                    more + " of " + completed + " answers have more chunks than tokens, and the file does not tell"
                            + " which of them carried output";
            List.of("ttft", "ttft_service", "tpot", "itl", "e2e", "goodput")
                    .forEach(figure -> refused.put(figure, reason));
        } else if (fewer > 0) {
            String reason = fewer + " of " + completed
                    + " answers have chunks of several tokens, and the file does not tell" + " which";
            List.of("tpot", "itl").forEach(figure -> refused.put(figure, reason));
        }
        return refused;
    }
}
