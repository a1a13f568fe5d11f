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
 * GuideLLM's JSON report, of which each benchmark is one load. Format and definitions: GuideLLM 0.8,
 * {@code src/guidellm/schemas}, and reports that it wrote.
 *
 * <p>It keeps when a request was to start and when its first and last output came, but not the chunks between, and takes what was in
 * flight at its end for neither good nor failed; here such a request was hung up on.
 */
final class GuideLlm implements ForeignFormat {
    private static final double NANOS = 1e9;

    @Override
    public String id() {
        return "guidellm";
    }

    @Override
    public boolean recognises(ForeignFile file) {
        JsonNode root = file.first();
        return root.path("benchmarks").isArray() && root.path("metadata").has("guidellm_version");
    }

    @Override
    public List<ForeignLoad> read(ForeignFile file) {
        JsonNode root = file.first();
        int version = root.path("metadata").path("version").asInt(-1);
        if (version != 2) {
            throw file.invalid("has metadata.version " + root.path("metadata").path("version") + "; 2 is known");
        }
        String tool =
                "GuideLLM " + root.path("metadata").path("guidellm_version").asText("");
        List<ForeignLoad> loads = new ArrayList<>();
        for (JsonNode benchmark : root.path("benchmarks")) {
            loads.add(load(file, benchmark, tool, "benchmarks[" + loads.size() + "]"));
        }
        if (loads.isEmpty()) {
            throw file.invalid("holds no benchmark");
        }
        return loads;
    }

    private static ForeignLoad load(ForeignFile file, JsonNode benchmark, String tool, String where) {
        JsonNode requests = benchmark.path("requests");
        JsonNode made = benchmark.path("scheduler_metrics").path("requests_made");
        for (String kind : List.of("successful", "errored")) {
            int kept = requests.path(kind).size();
            int all = file.count(made.path(kind), where + ".scheduler_metrics.requests_made." + kind);
            if (kept < all) {
                throw file.invalid(
                        "keeps " + kept + " of " + all + " " + kind
                                + " requests, so that its figures cannot be computed anew. Run guidellm without a sample of requests");
            }
        }
        JsonNode strategy = benchmark.path("config").path("strategy");
        double origin = file.number(
                benchmark.path("scheduler_state").path("start_time"), where + ".scheduler_state.start_time");
        Reader reader = new Reader(file, where, origin);
        requests.path("successful").forEach(request -> reader.add(request, Outcome.COMPLETED));
        requests.path("errored").forEach(request -> reader.add(request, Outcome.FAILED_ENGINE));
        requests.path("incomplete").forEach(request -> reader.add(request, Outcome.CANCELLED));
        long start = reader.nanos(benchmark.path("start_time"), "start_time");
        return new ForeignLoad(
                tool,
                benchmark.path("config").path("backend").path("model").asText(null),
                name(strategy),
                strategy.has("rate") || strategy.path("type_").asText("").equals("constant"),
                Instant.ofEpochMilli(Math.round(origin * 1e3)).toString(),
                start,
                Math.max(start + 1, reader.nanos(benchmark.path("end_time"), "end_time")),
                reader.inOrder(),
                reader.refused());
    }

    private static String name(JsonNode strategy) {
        String kind = strategy.path("type_").asText("load");
        JsonNode level = strategy.has("rate") ? strategy.path("rate") : strategy.path("streams");
        return level.isNumber() ? kind + "-" + level.asText() : kind;
    }

    /** The requests of one benchmark. */
    private static final class Reader {
        private final ForeignFile file;
        private final String where;
        private final double origin;
        private final List<RequestTiming> requests = new ArrayList<>();
        private long completed;
        private long lumps;

        Reader(ForeignFile file, String where, double origin) {
            this.file = file;
            this.where = where;
            this.origin = origin;
        }

        long nanos(JsonNode seconds, String name) {
            return Math.round((file.number(seconds, where + "." + name) - origin) * NANOS);
        }

        void add(JsonNode request, Outcome outcome) {
            JsonNode timings = request.path("info").path("timings");
            if (!timings.path("request_start").isNumber()) {
                // It was never sent: the run ended before.
                return;
            }
            long sent = nanos(timings.path("request_start"), "request_start");
            long intended = timings.path("targeted_start").isNumber()
                    ? Math.min(sent, nanos(timings.path("targeted_start"), "targeted_start"))
                    : sent;
            long[] chunks = outcome == Outcome.COMPLETED ? chunks(timings) : new long[0];
            int output = request.path("output_tokens").asInt(-1);
            int iterations = timings.path("token_iterations").asInt(0);
            boolean empty = outcome == Outcome.COMPLETED && chunks.length == 0;
            if (outcome == Outcome.COMPLETED && !empty) {
                completed++;
                lumps += iterations == output ? 0 : 1;
            }
            int[] tokens = Arrays.copyOf(new int[] {1, Math.max(1, output - 1)}, chunks.length);
            JsonNode end =
                    timings.path("request_end").isNumber() ? timings.path("request_end") : timings.path("resolve_end");
            requests.add(new RequestTiming(
                    requests.size(),
                    intended,
                    sent,
                    chunks,
                    tokens,
                    end.isNumber() ? nanos(end, "request_end") : sent,
                    request.path("prompt_tokens").asInt(-1),
                    output,
                    empty ? Outcome.FAILED_EMPTY : outcome,
                    outcome == Outcome.COMPLETED ? 200 : 0,
                    outcome == Outcome.COMPLETED
                            ? null
                            : request.path("info").path("error").asText("cut off at the end"),
                    requests.size(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    outcome == Outcome.CANCELLED ? true : null,
                    null,
                    null,
                    null));
        }

        private long[] chunks(JsonNode timings) {
            if (!timings.path("first_token_iteration").isNumber()) {
                return new long[0];
            }
            long first = nanos(timings.path("first_token_iteration"), "first_token_iteration");
            long last = nanos(timings.path("last_token_iteration"), "last_token_iteration");
            return last > first ? new long[] {first, last} : new long[] {first};
        }

        List<RequestTiming> inOrder() {
            requests.sort(Comparator.comparingLong(RequestTiming::intendedNanos));
            return requests;
        }

        Map<String, String> refused() {
            Map<String, String> refused = new LinkedHashMap<>();
            refused.put("itl", "the report keeps the first and the last chunk of an answer, not the gaps between");
            if (lumps > 0) {
                refused.put(
                        "tpot",
                        lumps + " of " + completed
                                + " answers came in another number of chunks than tokens, and the report"
                                + " does not tell how many the first one held");
            }
            return refused;
        }
    }
}
