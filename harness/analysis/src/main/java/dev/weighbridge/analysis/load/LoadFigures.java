package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestObjectives;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest.Objectives;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.Trial;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a load run came to, taken in one request at a time so that a run of any length fits into memory.
 *
 * <p>A request belongs to the steady window by its intended time; tokens and completions by the time at which they were
 * read. Whole-run figures are kept beside them with the scope {@code whole-run}.
 */
public final class LoadFigures {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String WHOLE_RUN = "whole-run";
    private static final List<String> LATENCIES =
            List.of("ttft", "ttft_service", "tpot", "itl", "e2e", "schedule_delay");

    private final Window window;
    private final Objectives objectives;
    private final Map<String, Objectives> objectivesOfClasses = new HashMap<>();
    private final Map<String, LatencyDistribution> latencies = new LinkedHashMap<>();
    private final SlicedRate outputTokens;
    private final SlicedRate totalTokens;
    private final SlicedRate goodTokens;
    private final PromptLengths lengths = new PromptLengths();
    /** Prompts that were sent, by class: each numbers its own. */
    private final Map<String, BitSet> prompts = new HashMap<>();

    private final Map<String, ClassFigures> classes = new TreeMap<>();
    private final Count offered = new Count();
    private final Count whole = new Count();
    private final RequestsInFlight inFlight;
    private long achieved;
    private long sent;
    private long hungUp;
    private long lastEndNanos;

    /** Requests, and what became of them. */
    private static final class Count {
        private long requests;
        private long good;
        private long failed;
        private long empty;
        private long rejected;
        private long events;
        private long outputTokens;
        private long askedAnswers;
        private long askedTokens;
        private long missedTokens;
        private final TokenCounts tokenCounts = new TokenCounts();

        void add(RequestTiming request, boolean good) {
            requests++;
            this.good += good ? 1 : 0;
            empty += request.outcome() == Outcome.FAILED_EMPTY ? 1 : 0;
            rejected += request.outcome() == Outcome.REJECTED ? 1 : 0;
            events += request.chunkNanos().length;
            if (RequestLatency.completed(request)) {
                outputTokens += RequestLatency.outputTokens(request);
                addLength(request.askedTokens(), RequestLatency.outputTokens(request));
                tokenCounts.add(request);
            } else {
                failed++;
            }
        }

        private void addLength(@Nullable Integer asked, int delivered) {
            if (asked != null) {
                askedAnswers++;
                askedTokens += asked;
                missedTokens += Math.abs(delivered - asked);
            }
        }
    }

    /**
     * Figures of no requests yet.
     *
     * @param window of the run that counts
     * @param objectives that make a request good
     */
    public LoadFigures(Window window, Objectives objectives) {
        this(window, objectives, Map.of());
    }

    /**
     * Figures of no requests yet.
     *
     * @param objectivesOfClasses that make a request of such a class good, in place of the others
     */
    public LoadFigures(Window window, Objectives objectives, Map<String, RequestObjectives> objectivesOfClasses) {
        objectivesOfClasses.forEach((name, own) -> this.objectivesOfClasses.put(
                name,
                new Objectives(
                        own.ttftMillis(),
                        own.tpotMillis(),
                        own.e2eMillis(),
                        objectives.goodputShare(),
                        objectives.accuracyMargin())));
        this.window = window;
        this.objectives = objectives;
        LATENCIES.forEach(name -> latencies.put(name, new LatencyDistribution(name)));
        outputTokens = new SlicedRate(window);
        totalTokens = new SlicedRate(window);
        goodTokens = new SlicedRate(window);
        inFlight = new RequestsInFlight(window);
    }

    /**
     * Reads the figures of a finished load trial from its raw records.
     *
     * @throws dev.weighbridge.results.InvalidResultException when they cannot be read
     */
    public static LoadFigures read(RunDirectory run, Trial trial) {
        Circumstances circumstances = trial.circumstances();
        if (circumstances == null) {
            throw new IllegalArgumentException("trial " + trial.id() + " is no load trial");
        }
        LoadFigures figures = new LoadFigures(
                Window.of(circumstances), run.manifest().objectives(), circumstances.objectivesOfClasses());
        run.forEachRequest(trial.id(), figures::add);
        return figures;
    }

    /** Takes in one request. */
    public void add(RequestTiming request) {
        String requestClass = request.requestClass();
        prompts.computeIfAbsent(requestClass == null ? "" : requestClass, name -> new BitSet())
                .set(request.promptIndex());
        sent++;
        if (request.wasHungUp()) {
            addHungUp(request);
            return;
        }
        boolean completed = RequestLatency.completed(request);
        boolean good = RequestLatency.good(request, objectivesOf(requestClass));
        whole.add(request, good);
        lengths.add(request);
        lastEndNanos = Math.max(lastEndNanos, request.endNanos());
        achieved += completed && window.contains(request.endNanos()) ? 1 : 0;
        inFlight.add(request);
        if (completed) {
            addTokens(request, good);
        }
        if (window.contains(request.intendedNanos())) {
            offered.add(request, good);
            addLatencies(request, completed);
            if (requestClass != null) {
                classes.computeIfAbsent(requestClass, name -> new ClassFigures())
                        .add(request, good);
            }
        }
    }

    private Objectives objectivesOf(@Nullable String requestClass) {
        return requestClass == null ? objectives : objectivesOfClasses.getOrDefault(requestClass, objectives);
    }

    /** Its client did not wait for the end: it has a first token at most, and is neither good nor failed. */
    private void addHungUp(RequestTiming request) {
        lastEndNanos = Math.max(lastEndNanos, request.endNanos());
        inFlight.add(request);
        if (!window.contains(request.intendedNanos())) {
            return;
        }
        hungUp++;
        offered.events += request.chunkNanos().length;
        if (request.sentNanos() >= 0) {
            latency("schedule_delay").add(request.sentNanos() - request.intendedNanos());
        }
        if (request.chunkNanos().length > 0) {
            latency("ttft").add(RequestLatency.ttft(request));
            latency("ttft_service").add(RequestLatency.ttftService(request));
        }
    }

    private void addLatencies(RequestTiming request, boolean completed) {
        if (request.sentNanos() >= 0) {
            latency("schedule_delay").add(request.sentNanos() - request.intendedNanos());
        }
        if (completed) {
            latency("ttft").add(RequestLatency.ttft(request));
            latency("ttft_service").add(RequestLatency.ttftService(request));
            latency("e2e").add(RequestLatency.e2e(request));
            RequestLatency.tpot(request).ifPresent(tpot -> latency("tpot").add(Math.round(tpot)));
            RequestLatency.addInterTokenLatencies(request, latency("itl"));
        }
    }

    /** Spreads the request's output tokens over the times at which its chunks were read; its prompt counts at the first. */
    private void addTokens(RequestTiming request, boolean good) {
        double scale = (double) RequestLatency.outputTokens(request) / Math.max(1, RequestLatency.chunkTokens(request));
        for (int i = 0; i < request.chunkNanos().length; i++) {
            double tokens = request.chunkTokens()[i] * scale;
            outputTokens.add(request.chunkNanos()[i], tokens);
            totalTokens.add(request.chunkNanos()[i], tokens);
            if (good) {
                goodTokens.add(request.chunkNanos()[i], tokens);
            }
        }
        totalTokens.add(request.chunkNanos()[0], Math.max(0, request.promptTokens()));
    }

    LatencyDistribution latency(String name) {
        LatencyDistribution latency = latencies.get(name);
        if (latency == null) {
            throw new IllegalArgumentException("no latency is called " + name);
        }
        return latency;
    }

    Window window() {
        return window;
    }

    /** Requests that the schedule wanted out within the steady window, but for those whose client was to hang up. */
    long offered() {
        return offered.requests;
    }

    /** All of them. */
    long started() {
        return offered.requests + hungUp;
    }

    /** Completions within the steady window. */
    long achieved() {
        return achieved;
    }

    long rejected() {
        return offered.rejected;
    }

    long empty() {
        return offered.empty;
    }

    long events() {
        return offered.events;
    }

    /** {@code output_length_deviation}; empty when no completed request asked for a length. */
    OptionalDouble lengthDeviation() {
        return offered.askedTokens == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) offered.missedTokens / offered.askedTokens);
    }

    /** {@code usage_deviation}; empty when no completed request was counted by the server and by our tokenizer. */
    OptionalDouble usageDeviation() {
        return offered.tokenCounts.deviation();
    }

    /** Requests of the whole run that sent a prompt which another one had sent. */
    long repeatedPrompts() {
        return sent - prompts.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    /** Whether more and more requests were in flight, to the end of the steady window. */
    boolean queueGrew() {
        return inFlight.grew();
    }

    /** Lengths of the answers by prompt. */
    public PromptLengths lengths() {
        return lengths;
    }

    /** Histograms by name, in nanoseconds, of those latencies that were measured. */
    public Map<String, Histogram> histograms() {
        Map<String, Histogram> histograms = new LinkedHashMap<>();
        latencies.forEach((name, latency) -> {
            if (latency.count() > 0) {
                histograms.put(name, latency.histogram());
            }
        });
        return histograms;
    }

    /** All figures in a fixed order; what was not measured is absent. */
    public List<Measurement> measurements() {
        List<Measurement> figures = new ArrayList<>();
        latencies.values().forEach(latency -> figures.addAll(latency.measurements()));
        figures.add(rate("offered_rate", started() / window.seconds(), "requests/s", started()));
        figures.add(rate("achieved_rate", achieved / window.seconds(), "requests/s", achieved));
        outputTokens.measurement("output_tokens_per_s", "tokens/s").ifPresent(figures::add);
        totalTokens.measurement("total_tokens_per_s", "tokens/s").ifPresent(figures::add);
        goodTokens.measurement("good_tokens_per_s", "tokens/s").ifPresent(figures::add);
        if (offered.requests > 0) {
            figures.add(Proportion.measurement("goodput", "", offered.good, offered.requests));
            figures.add(rate("good_requests_per_s", offered.good / window.seconds(), "requests/s", offered.good));
            figures.add(Proportion.measurement("failed_share", "", offered.failed, offered.requests));
        }
        if (hungUp > 0) {
            figures.add(Proportion.measurement("hung_up_share", "", hungUp, started()));
        }
        classes.forEach((name, figuresOfIt) -> figures.addAll(figuresOfIt.measurements(name, window)));
        long answered = offered.requests - offered.failed;
        if (answered > 0) {
            figures.add(rate("output_tokens_mean", (double) offered.outputTokens / answered, "tokens", answered));
        }
        figures.addAll(offered.tokenCounts.measurements());
        lengthDeviation().ifPresent(deviation -> {
            long asked = offered.askedAnswers;
            figures.add(rate("asked_tokens_mean", (double) offered.askedTokens / asked, "tokens", asked));
            figures.add(rate("output_length_deviation", deviation, "1", asked));
        });
        if (whole.requests > 0 && lastEndNanos > 0) {
            figures.add(Proportion.measurement("goodput", WHOLE_RUN, whole.good, whole.requests));
            figures.add(new Measurement(
                    "output_tokens_per_s",
                    WHOLE_RUN,
                    "output_tokens_per_s",
                    whole.outputTokens / (lastEndNanos / NANOS_PER_SECOND),
                    "tokens/s",
                    whole.outputTokens,
                    null,
                    null,
                    false));
        }
        return figures;
    }

    private static Measurement rate(String name, double value, String unit, long samples) {
        return new Measurement(name, "", name, value, unit, samples, null, null, false);
    }
}
