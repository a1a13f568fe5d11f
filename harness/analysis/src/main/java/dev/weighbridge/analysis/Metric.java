package dev.weighbridge.analysis;

import dev.weighbridge.analysis.text.Notation;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One figure of the catalogue: everything that a table, a chart or an export must know to show it.
 *
 * @param id name of the figure in measurements and exports, for example {@code ttft_p95}
 * @param label for people, without the unit
 * @param unit as it is written beside numbers
 * @param notation how its numbers are written
 * @param better which direction is better
 * @param definition what it means, in one sentence
 */
public record Metric(String id, String label, String unit, Notation notation, Better better, String definition) {

    /** Which direction of a figure is better. */
    public enum Better {
        HIGHER,
        LOWER,
        /** Neither: the figure describes and does not judge. */
        NEITHER
    }

    /** What the scope of figures of one class of a mixed load begins with. */
    static final String CLASS_SCOPE = "class ";

    private static final Map<String, Metric> CATALOGUE = new LinkedHashMap<>();

    public static final Metric CAPACITY = add(
            "capacity",
            "Capacity",
            "requests/s",
            Notation.RATE,
            Better.HIGHER,
            "Highest offered rate at which the study's share of requests met every objective, found by bracketing and"
                    + " bisection; the interval lies between the highest rate that held and the lowest that did not, or between"
                    + " blocks where there are several.");
    public static final Metric COST = add(
            "usd_per_1m_output_tokens",
            "Cost",
            "$ / 1M tokens",
            Notation.USD,
            Better.LOWER,
            "Price per hour / 3600 / output tokens a second × 10⁶, at the capacity that meets the objectives.");
    public static final Metric COST_PER_REQUESTS = add(
            "usd_per_1k_requests",
            "Cost of requests",
            "$ / 1,000 requests",
            Notation.USD,
            Better.LOWER,
            "Price per hour / 3600 / capacity × 1,000.");
    public static final Metric COST_PER_CORRECT = add(
            "usd_per_1k_correct_answers",
            "Cost of right answers",
            "$ / 1,000 right answers",
            Notation.USD,
            Better.LOWER,
            "Cost of 1,000 requests at capacity divided by the share of answers that were right.");
    public static final Metric TOKENS_AT_CAPACITY = add(
            "output_tokens_per_s_at_capacity",
            "Output at capacity",
            "tokens/s",
            Notation.RATE,
            Better.HIGHER,
            "Capacity times the mean output tokens of the requests that were offered at the rates that held.");
    public static final Metric ACCURACY = add(
            "accuracy",
            "Accuracy",
            "%",
            Notation.PERCENT,
            Better.HIGHER,
            "Share of samples answered right; a sample without an answer counts as wrong.");
    public static final Metric ACCURACY_DIFFERENCE = add(
            "accuracy_difference",
            "Δ accuracy",
            "pp",
            Notation.POINTS,
            Better.HIGHER,
            "Accuracy minus the baseline's on the same samples, with the interval of the paired difference.");

    static {
        latency(
                "ttft",
                "TTFT",
                "Time to first token: first output chunk minus intended send time, so that a late client cannot"
                        + " hide a wait.");
        latency(
                "tpot",
                "TPOT",
                "Time per output token after the first chunk: (last − first chunk) / tokens after the first"
                        + " chunk.");
        latency(
                "itl",
                "ITL",
                "Inter-token latency: gap between output chunks divided by the later chunk's tokens, counted once"
                        + " a token.");
        latency("e2e", "E2E", "Last output chunk minus intended send time.");
        latency("ttft_service", "Service TTFT", "Time to first token from the moment the request was really sent.");
        latency("schedule_delay", "Schedule delay", "Sent minus intended send time: the client's own lateness.");
    }

    public static final Metric TTFT_P50 = get("ttft_p50");
    public static final Metric TTFT_P95 = get("ttft_p95");
    public static final Metric TTFT_P99 = get("ttft_p99");
    public static final Metric TPOT_P50 = get("tpot_p50");
    public static final Metric TPOT_P95 = get("tpot_p95");
    public static final Metric OUTPUT_RATE = add(
            "output_tokens_per_s",
            "Output",
            "tokens/s",
            Notation.RATE,
            Better.HIGHER,
            "Output tokens of completed requests a second over the steady window.");
    public static final Metric TOTAL_RATE = add(
            "total_tokens_per_s",
            "Prompt and output",
            "tokens/s",
            Notation.RATE,
            Better.HIGHER,
            "Prompt and output tokens of completed requests a second over the steady window.");
    public static final Metric GOOD_TOKENS = add(
            "good_tokens_per_s",
            "Good output",
            "tokens/s",
            Notation.RATE,
            Better.HIGHER,
            "Output tokens a second of requests that met every objective.");
    public static final Metric OFFERED_RATE = add(
            "offered_rate",
            "Offered",
            "requests/s",
            Notation.RATE,
            Better.NEITHER,
            "Requests scheduled a second over the steady window.");
    public static final Metric ACHIEVED_RATE = add(
            "achieved_rate",
            "Achieved",
            "requests/s",
            Notation.RATE,
            Better.HIGHER,
            "Requests completed a second over the steady window.");
    public static final Metric GOODPUT = add(
            "goodput",
            "Goodput",
            "%",
            Notation.PERCENT,
            Better.HIGHER,
            "Requests that met every objective divided by requests offered; a failed request is not good.");
    public static final Metric GOOD_REQUESTS = add(
            "good_requests_per_s",
            "Good requests",
            "requests/s",
            Notation.RATE,
            Better.HIGHER,
            "Requests that met every objective, a second.");
    public static final Metric FAILED_SHARE = add(
            "failed_share",
            "Failed",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Requests that did not complete divided by requests offered.");
    public static final Metric HUNG_UP_SHARE = add(
            "hung_up_share",
            "Hung up",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Requests whose client hung up, as the scenario plans it, divided by all requests. They are neither good nor failed: "
                    + "goodput and the failed share are of the others.");
    public static final Metric OUTPUT_TOKENS_MEAN = add(
            "output_tokens_mean",
            "Tokens an answer",
            "tokens",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean output tokens of a completed request, as the server counts them, else as our tokenizer does, else one a chunk.");
    public static final Metric COUNTED_TOKENS_MEAN = add(
            "counted_tokens_mean",
            "Tokens an answer, by our tokenizer",
            "tokens",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean output tokens of a completed request as our tokenizer counts its text, whatever the server says; a model may have"
                    + " written a text in more tokens than its tokenizer would.");
    public static final Metric USAGE_DEVIATION = add(
            "usage_deviation",
            "Token counts apart",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Tokens by which the server's count of completed requests is above or below our tokenizer's, each request's difference"
                    + " taken without its sign, divided by the tokens that the server counted.");
    public static final Metric ASKED_TOKENS_MEAN = add(
            "asked_tokens_mean",
            "Tokens asked of an answer",
            "tokens",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean output tokens that a completed request asked for, no more and no fewer; absent where the model was to end"
                    + " the answer.");
    public static final Metric OUTPUT_LENGTH_DEVIATION = add(
            "output_length_deviation",
            "Length deviation",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Output tokens that completed requests got too many or too few, each request's difference taken without its sign,"
                    + " divided by the tokens asked of them; absent where the model was to end the answer.");
    public static final Metric NETWORK_RECEIVED = add(
            "network_received",
            "Received",
            "bytes/s",
            Notation.RATE,
            Better.NEITHER,
            "Bytes a second that the client's machine received over the steady window, whoever for, through all interfaces but that to itself.");
    public static final Metric NETWORK_SENT = add(
            "network_sent",
            "Sent",
            "bytes/s",
            Notation.RATE,
            Better.NEITHER,
            "Bytes a second that the client's machine sent over the steady window, whoever for, through all interfaces but that to itself.");
    public static final Metric NETWORK_LOOPBACK = add(
            "network_loopback",
            "Loopback",
            "bytes/s",
            Notation.RATE,
            Better.NEITHER,
            "Bytes a second that the client's machine sent to itself over the steady window, both ways of a connection together.");
    public static final Metric FLIPS_TO_WRONG = add(
            "flips_to_wrong",
            "Flips to wrong",
            "samples",
            Notation.PLAIN,
            Better.LOWER,
            "Samples that the baseline answered right and this variant wrong.");
    public static final Metric FLIPS_TO_RIGHT = add(
            "flips_to_right",
            "Flips to right",
            "samples",
            Notation.PLAIN,
            Better.NEITHER,
            "Samples that the baseline answered wrong and this variant right.");
    public static final Metric FLIPS_UNDER_LOAD = add(
            "flips_under_load",
            "Flips under load",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Samples that the variant answered right alone and wrong beside a load at its capacity, or the other way round, divided by the"
                    + " samples that were asked both ways.");
    public static final Metric ACCURACY_CHANGE_UNDER_LOAD = add(
            "accuracy_change_under_load",
            "Accuracy change under load",
            "points",
            Notation.POINTS,
            Better.HIGHER,
            "Mean over samples of the score beside a load at the variant's capacity less the score alone.");
    public static final Metric MCNEMAR_P = add(
            "mcnemar_p",
            "McNemar p",
            "",
            Notation.PLAIN,
            Better.NEITHER,
            "Two-sided exact probability of flips at least this one-sided if both directions were alike.");
    public static final Metric PAIRED_P = add(
            "paired_p",
            "Paired p",
            "",
            Notation.PLAIN,
            Better.NEITHER,
            "Two-sided probability, by Student's t over sources, of a mean difference at least this far from 0 if there were none; for"
                    + " answers that are right in part.");
    public static final Metric WILCOXON_P = add(
            "wilcoxon_p",
            "Wilcoxon p",
            "",
            Notation.PLAIN,
            Better.NEITHER,
            "Two-sided probability, by Wilcoxon's signed-rank test over sources, of differences at least this far from symmetric about"
                    + " 0 if there were none; for answers that are right in part.");
    public static final Metric SCORE = add(
            "score",
            "Score",
            "",
            Notation.PLAIN,
            Better.NEITHER,
            "A score of a task over its samples, with its 95 % interval: by sources where it is a mean, else a bootstrap of sources.");
    public static final Metric GROUP_SCORE = add(
            "group_score",
            "Group score",
            "",
            Notation.PLAIN,
            Better.NEITHER,
            "A score of a group of tasks, each task by its samples or as one, as its file says; its 95 % interval is by the group's standard"
                    + " error, pooled where tasks count by their samples.");
    public static final Metric FAILED_SAMPLES = add(
            "failed_samples",
            "Failed samples",
            "samples",
            Notation.PLAIN,
            Better.LOWER,
            "Samples that got no answer or could not be judged; they count as wrong.");
    public static final Metric ANSWER_LENGTH_DRIFT = add(
            "answer_length_drift",
            "Length drift",
            "tokens",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean over answers to tasks of the variant's tokens less those of its baseline to the same prompt, each as its engine"
                    + " counts them; the interval is of the paired difference, over sources.");
    public static final Metric ANSWERS_OF_OTHER_LENGTH = add(
            "answers_of_other_length",
            "Answers of another length",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Share of written answers to tasks that have more or fewer tokens than the baseline's to the same prompt.");
    public static final Metric ANSWERS_CUT = add(
            "answers_cut",
            "Answers cut",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Share of written answers to tasks that ended at the task's limit of tokens.");
    public static final Metric KL_DIVERGENCE = add(
            "kl_divergence",
            "KL divergence",
            "nats",
            Notation.PLAIN,
            Better.LOWER,
            "Mean Kullback–Leibler divergence of the variant's next-token distribution from the baseline's, in nats.");
    public static final Metric KL_DIVERGENCE_BOUND = add(
            "kl_divergence_bound",
            "KL divergence at most",
            "nats",
            Notation.PLAIN,
            Better.LOWER,
            "Largest mean divergence, in nats, that what a server gives of its most likely tokens allows; tokens that a variant's server did"
                    + " not give are taken as no less likely than e^-25. The mean beside it is then the least possible one.");
    public static final Metric KL_DIVERGENCE_MEDIAN = add(
            "kl_divergence_median",
            "KL divergence median",
            "nats",
            Notation.PLAIN,
            Better.LOWER,
            "Median over tokens of the divergence from the baseline, in nats.");
    public static final Metric KL_DIVERGENCE_P99 = add(
            "kl_divergence_p99",
            "KL divergence p99",
            "nats",
            Notation.PLAIN,
            Better.LOWER,
            "99th percentile over positions of the divergence from the baseline, in nats.");
    public static final Metric KL_DIVERGENCE_MAX = add(
            "kl_divergence_max",
            "KL divergence maximum",
            "nats",
            Notation.PLAIN,
            Better.LOWER,
            "Largest divergence from the baseline at any position, in nats.");
    public static final Metric TOP1_AGREEMENT = add(
            "top1_agreement",
            "Top-1 agreement",
            "%",
            Notation.PERCENT,
            Better.HIGHER,
            "Share of positions at which the variant's most likely next token is the baseline's.");
    public static final Metric PROBABILITY_DIFFERENCE = add(
            "probability_difference",
            "Δp",
            "pp",
            Notation.POINTS,
            Better.NEITHER,
            "Mean over tokens of the variant's probability of the token less the baseline's; its interval is by texts.");
    public static final Metric PROBABILITY_DIFFERENCE_RMS = add(
            "probability_difference_rms",
            "Δp, root mean square",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "Root mean square over tokens of the difference of the token's probability from the baseline's.");
    public static final Metric PERPLEXITY_RATIO = add(
            "perplexity_ratio",
            "Perplexity ratio",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "The variant's perplexity over the baseline's on the same tokens; its interval is by texts, of the differences of their"
                    + " log-probabilities, so that what both have in common counts for nothing.");
    public static final Metric GUARD_BLOCKED = add(
            "guard_blocked_share",
            "Blocked by guards",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Prompts and answers that guards withheld, by request that asked for an answer; warm-up included.");
    public static final Metric GUARD_MASKED = add(
            "guard_masked_share",
            "Masked by guards",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Prompts and answers that guards changed, by request that asked for an answer; warm-up included.");
    public static final Metric CACHE_HITS = add(
            "cache_hit_share",
            "Cache hits",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Look-ups of the semantic cache that were answered from it, exactly or by a similar prompt; warm-up included. Whether such an"
                    + " answer is right is not known here.");
    public static final Metric STEAL_SHARE = add(
            "steal_share",
            "Steal",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "CPU time that the hypervisor took, divided by busy and stolen time, over the steady window.");
    public static final Metric CLIENT_CPU = add(
            "client_cpu_share",
            "Client CPU",
            "%",
            Notation.PERCENT,
            Better.LOWER,
            "CPU time of the load generator's process as a share of all cores, over the steady window.");
    public static final Metric SERVER_CPU = add(
            "server_cpu_share",
            "Server CPU",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "CPU time of the engine's process as a share of all cores, over the steady window.");
    public static final Metric GPU_UTILISATION = add(
            "gpu_utilisation",
            "GPU busy",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Mean over the steady window of the share of time in which a kernel ran, as the driver tells.");
    public static final Metric GPU_MEMORY = add(
            "gpu_memory_bytes",
            "GPU memory",
            "bytes",
            Notation.PLAIN,
            Better.LOWER,
            "Most memory of the graphics processor in use, by whatever process, over the steady window.");
    public static final Metric GPU_CLOCK = add(
            "gpu_clock_mhz",
            "GPU clock",
            "MHz",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean clock of the multiprocessors over the steady window.");
    public static final Metric GPU_POWER = add(
            "gpu_power_watts",
            "GPU power",
            "W",
            Notation.RATE,
            Better.LOWER,
            "Mean power of the whole board over the steady window, from its counter of energy where it has one.");
    public static final Metric ENERGY_PER_TOKEN = add(
            "joules_per_output_token",
            "Energy",
            "J / token",
            Notation.PLAIN,
            Better.LOWER,
            "Mean power of the graphics processor divided by the output tokens a second of completed requests, both over the"
                    + " steady window; the machine around it is not counted.");

    public static final Metric SERVER_QUEUE = add(
            "server_queue_mean",
            "Requests waiting",
            "requests",
            Notation.PLAIN,
            Better.LOWER,
            "Mean over the steady window of the requests that the server says have not begun.");
    public static final Metric SERVER_QUEUE_MOST = add(
            "server_queue_max",
            "Most waiting",
            "requests",
            Notation.PLAIN,
            Better.LOWER,
            "Most requests over the steady window that the server says have not begun.");
    public static final Metric SERVER_BATCH = add(
            "server_batch_mean",
            "Requests running",
            "requests",
            Notation.PLAIN,
            Better.NEITHER,
            "Mean over the steady window of the requests that the server says it is answering.");
    public static final Metric SERVER_CACHE = add(
            "kv_cache_share_max",
            "KV cache in use",
            "%",
            Notation.PERCENT,
            Better.NEITHER,
            "Largest share of the KV cache in use over the steady window, as the server says.");
    public static final Metric PREEMPTIONS = add(
            "preemptions",
            "Preemptions",
            "requests",
            Notation.PLAIN,
            Better.LOWER,
            "Running requests that the server put aside over the steady window, by its own count.");
    public static final Metric PREFIX_HITS = add(
            "prefix_cache_hit_share",
            "Prefix cache hits",
            "%",
            Notation.PERCENT,
            Better.HIGHER,
            "Tokens found in the prefix cache by those looked up there, over the steady window, by the server's own counts.");

    /** Figures of the results table, in order. */
    public static final List<Metric> COLUMNS = List.of(
            ACCURACY, ACCURACY_DIFFERENCE, TTFT_P50, TTFT_P95, TPOT_P50, TPOT_P95, CAPACITY, TOKENS_AT_CAPACITY, COST);

    /** What the samples of its figures are, in the plural. */
    public String samples() {
        if (List.of(CAPACITY, COST, TOKENS_AT_CAPACITY, COST_PER_REQUESTS, COST_PER_CORRECT)
                .contains(this)) {
            return "blocks";
        }
        return List.of(
                                ACCURACY,
                                ACCURACY_DIFFERENCE,
                                FLIPS_UNDER_LOAD,
                                ACCURACY_CHANGE_UNDER_LOAD,
                                ANSWER_LENGTH_DRIFT,
                                ANSWERS_OF_OTHER_LENGTH,
                                ANSWERS_CUT)
                        .contains(this)
                ? "answers"
                : "requests";
    }

    /** Every figure, in a fixed order. */
    public static List<Metric> catalogue() {
        return List.copyOf(CATALOGUE.values());
    }

    /** The figure of that id; empty when the catalogue does not hold it, for example in a run of another version. */
    public static Optional<Metric> of(String id) {
        return Optional.ofNullable(CATALOGUE.get(id));
    }

    /** The figure a measurement is of. */
    public static Optional<Metric> of(Measurement measurement) {
        return of(measurement.name());
    }

    private static Metric get(String id) {
        return of(id).orElseThrow();
    }

    private static void latency(String id, String label, String definition) {
        for (String percentile : new ArrayList<>(List.of("p50", "p90", "p95", "p99", "p99.9", "max"))) {
            add(id + "_" + percentile, label + " " + percentile, "ms", Notation.MILLIS, Better.LOWER, definition);
        }
    }

    private static Metric add(
            String id, String label, String unit, Notation notation, Better better, String definition) {
        Metric metric = new Metric(id, label, unit, notation, better, definition);
        if (CATALOGUE.put(id, metric) != null) {
            throw new IllegalStateException("metric " + id + " is in the catalogue twice");
        }
        return metric;
    }

    /** Scope of the figures of one class of a mixed load. */
    public static String classScope(String name) {
        return CLASS_SCOPE + name;
    }
}
