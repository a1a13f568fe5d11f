package dev.weighbridge.cli;

import dev.weighbridge.api.EndpointEngine;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.TokenCounter;
import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.Shard;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.FileHash;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.core.run.ClientCalibration;
import dev.weighbridge.core.run.JudgedLoad;
import dev.weighbridge.core.run.MergedLoad;
import dev.weighbridge.core.run.RecordedLoad;
import dev.weighbridge.core.run.TokensPerWord;
import dev.weighbridge.core.study.ScenarioFile;
import dev.weighbridge.core.study.Study;
import dev.weighbridge.core.telemetry.ServerClock;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Offers load to a server that is running already. */
@Command(
        name = "load",
        description = "Offer load to a server and print its latencies.",
        footer = {
            "",
            "Scenario files lie in load-scenarios/scenarios; load-scenarios/README.md documents their keys.",
            "",
            "Examples:",
            "  weighbridge load http://127.0.0.1:8080 --rate 20 --duration 10",
            "  weighbridge load http://127.0.0.1:8080 --users 8 --output-tokens log-normal:32:0.5:128",
            "  weighbridge load http://127.0.0.1:8080 --scenario load-scenarios/scenarios/conversations.yaml",
            "  weighbridge load http://127.0.0.1:8080 --arrivals 'gamma: {rate-per-second: 10, burstiness: 0.5}'",
            "  weighbridge load http://127.0.0.1:8080 --sweep 5,10,20",
            "  weighbridge load --plan --scenario load-scenarios/scenarios/bursts.yaml",
            "  weighbridge load http://10.0.0.7:8000 --rate 4000 --shard 0/4 --start-at 2026-11-26T21:30:00Z --record shards",
            "  weighbridge load --calibrate"
        })
final class LoadCommand implements Callable<Integer> {
    private static final int LONGEST_SECONDS = 7 * 24 * 3600;

    private final Terminal terminal;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @ArgGroup(multiplicity = "0..1")
    private Arrivals arrivals = new Arrivals();

    @Option(
            names = "--duration",
            paramLabel = "S",
            description = "Seconds of the steady window. Default: 10, or the scenario's.")
    private @Nullable Integer duration;

    @Option(names = "--warm-up", paramLabel = "S", description = "Seconds before it. Default: 2, or the scenario's.")
    private @Nullable Integer warmUp;

    @ArgGroup
    private Length length = new Length();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of arrivals and prompts. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--plan", description = "Show the schedule as a chart; nothing is sent.")
    private boolean plan;

    @Option(
            names = "--calibrate",
            description = "Show what this client can do at most on this machine; no URL is needed.")
    private boolean calibrate;

    @Option(
            names = "--tokenizer",
            paramLabel = "PATH",
            description =
                    "The model's tokenizer.json, or the folder that holds it: counts the tokens of answers beside the"
                            + " server, or where the server does not.")
    private @Nullable Path tokenizer;

    @Option(
            names = "--record",
            paramLabel = "DIR",
            description = "Keep the load as a run below this folder, with every request, for 'report', 'export' and"
                    + " 'merge-loads'.")
    private @Nullable Path record;

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description =
                    "Offer every N-th session alone, from the I-th (from 0); N injectors together offer the whole load."
                            + " Needs --record.")
    private @Nullable String shard;

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "Begin at this time, such as 2026-11-26T21:30:00Z, so that several injectors begin together.")
    private @Nullable Instant startAt;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    /** When requests are sent. */
    static final class Arrivals {
        @Option(names = "--rate", paramLabel = "R", description = "Open loop: Poisson arrivals a second.")
        private @Nullable Double rate;

        @Option(names = "--users", paramLabel = "N", description = "Closed loop: concurrent users. Default: 1.")
        private @Nullable Integer users;

        @Option(
                names = "--arrivals",
                paramLabel = "KIND",
                description = "Any kind of arrivals, as a scenario file has it.")
        private @Nullable String kind;

        @Option(names = "--scenario", paramLabel = "FILE", description = "Scenario file.")
        private @Nullable Path file;

        @Option(
                names = "--sweep",
                paramLabel = "R,R,...",
                split = ",",
                description = "Poisson arrivals at one rate after the other, a line each.")
        private List<Double> rates = List.of();

        ArrivalPattern pattern() {
            if (rate != null) {
                return poisson("--rate", rate);
            }
            if (kind != null) {
                return ScenarioFile.arrivals(kind, "--arrivals");
            }
            return new Closed(OptionValue.within("--users", users == null ? 1 : users, 1, Closed.MOST_USERS));
        }

        private static ArrivalPattern poisson(String option, double rate) {
            if (!(rate > 0 && rate <= Poisson.HIGHEST_RATE)) {
                throw new ConfigException(option + " must be above 0 and at most " + (long) Poisson.HIGHEST_RATE
                        + " per second, got: " + rate);
            }
            return new Poisson(rate);
        }
    }

    /** Enforced, or left to the model. */
    static final class Length {
        private static final String STANDARD = "32";

        @Option(
                names = "--output-tokens",
                paramLabel = "LENGTH",
                description = {
                    "Tokens of each answer, no more and no fewer, by min_tokens and ignore_eos: N, uniform:LEAST:MOST or"
                            + " log-normal:MEDIAN:SIGMA:MOST, drawn from the seed for each prompt. Default: " + STANDARD
                            + "."
                })
        private @Nullable String outputTokens;

        @Option(names = "--max-tokens", paramLabel = "N", description = "Most tokens of an answer; the model ends it.")
        private @Nullable Integer maxTokens;

        boolean isGiven() {
            return maxTokens != null || outputTokens != null;
        }

        TokenLength asked() {
            return maxTokens == null
                    ? OptionValue.read(
                            "--output-tokens", outputTokens == null ? STANDARD : outputTokens, TokenLength::parse)
                    : new TokenLength.AtMost(OptionValue.within("--max-tokens", maxTokens, 1, TokenLength.MOST_TOKENS));
        }
    }

    /** Loads that follow each other have no prompt in common. */
    private int part;

    LoadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What the options ask of every answer. */
    TokenLength outputLength() {
        return length.asked();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (shard != null && record == null) {
            throw new ConfigException("--shard needs --record, since only what is kept can be merged");
        }
        if (startAt != null && arrivals.rates.size() > 1) {
            throw new ConfigException(
                    "--start-at is the start of one load, and --sweep offers several, one after the other");
        }
        LoadGenerator generator = ServiceLoader.load(LoadGenerator.class)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no load generator is on the class path; rebuild the project"));
        if (calibrate) {
            new CalibrationReport(terminal, json).print(generator);
            return ExitCode.GOOD;
        }
        Study.Scenario described = described();
        if (plan) {
            ScheduleChart chart = new ScheduleChart(scenario(described, described.arrivals(), 1));
            if (json) {
                terminal.line(Json.pretty(chart.facts()).stripTrailing());
            } else {
                chart.lines().forEach(terminal::line);
            }
            return ExitCode.GOOD;
        }
        List<ArrivalPattern> patterns = arrivals.rates.isEmpty()
                ? List.of(described.arrivals())
                : arrivals.rates.stream()
                        .map(rate -> Arrivals.poisson("--sweep", rate))
                        .toList();
        // Wrong options are told before the server is asked anything.
        patterns.forEach(pattern -> scenario(described, pattern, 1));
        part = 0;
        try (TokenCounter counter = tokenizer == null ? null : TokenCounter.read(tokenizer);
                EndpointEngine engine = server.open()) {
            terminal.note("model " + engine.info().modelName() + ", server version "
                    + engine.info().version() + ", scoring: "
                    + engine.info().details().get("scoring"));
            terminal.note("measuring what this client could do at most");
            Ceiling ceiling = ClientCalibration.of(generator, 0, Caches.artifacts());
            double tokensPerWord = described.workload().countsTokens() ? TokensPerWord.of(engine) : 1;
            boolean counts = true;
            for (ArrivalPattern pattern : patterns) {
                counts &= offer(generator, engine, scenario(described, pattern, tokensPerWord), ceiling, counter);
            }
            return counts ? ExitCode.GOOD : ExitCode.INCONCLUSIVE;
        }
    }

    private boolean offer(
            LoadGenerator generator,
            EndpointEngine engine,
            LoadScenario scenario,
            Ceiling ceiling,
            @Nullable TokenCounter counter)
            throws IOException, InterruptedException {
        LoadReport report = new LoadReport(terminal);
        Manifest.Objectives objectives = new Manifest.Objectives(null, null, null, 0.99, 0);
        Map<String, String> facts = new TreeMap<>();
        if (tokenizer != null) {
            Path file = Files.isDirectory(tokenizer) ? tokenizer.resolve("tokenizer.json") : tokenizer;
            facts.put("tokenizer", "sha256 " + FileHash.of(file));
        }
        Optional.ofNullable(engine.info().details().get(EngineInfo.PROXY))
                .ifPresent(proxy -> facts.put(EngineInfo.PROXY, proxy));
        if (scenario.shard().isPart()) {
            ServerClock.aheadMillis(engine.endpoint())
                    .ifPresent(millis -> facts.put(MergedLoad.CLOCK_OFFSET, Double.toString(millis)));
        }
        try (RecordedLoad kept = record == null
                ? null
                : RecordedLoad.begin(record, engine.info(), scenario, objectives, generator.description(), facts)) {
            awaitStart();
            return offer(generator, engine, scenario, ceiling, counter, objectives, report, kept);
        }
    }

    private void awaitStart() throws InterruptedException {
        if (startAt != null) {
            long wait = Duration.between(Instant.now(), startAt).toMillis();
            if (wait < 0) {
                throw new ConfigException(
                        "--start-at " + startAt + " passed " + -wait + " ms before this injector was ready");
            }
            Thread.sleep(wait);
        }
    }

    private boolean offer(
            LoadGenerator generator,
            EndpointEngine engine,
            LoadScenario scenario,
            Ceiling ceiling,
            @Nullable TokenCounter counter,
            Manifest.Objectives objectives,
            LoadReport report,
            @Nullable RecordedLoad kept)
            throws IOException {
        JudgedLoad load = JudgedLoad.of(
                generator,
                new JudgedLoad.Target(
                        engine.endpoint(),
                        List.of(),
                        Optional.empty(),
                        engine.metricsPath(),
                        Optional.ofNullable(counter)),
                scenario,
                objectives,
                ceiling,
                null,
                Files.createTempDirectory("weighbridge-load"),
                JudgedLoad.Progress.UNHEARD,
                timing -> {
                    report.take(timing);
                    if (kept != null) {
                        kept.request(timing);
                    }
                },
                samples -> {
                    if (kept != null) {
                        kept.telemetry(samples);
                    }
                });
        if (kept != null) {
            double since = (System.nanoTime() - load.circumstances().originNanos()) / 1e6;
            String origin = Double.toString(System.currentTimeMillis() - since);
            terminal.note("run  "
                    + kept.commit(load, Map.of(MergedLoad.ORIGIN, origin)).path());
        }
        if (json) {
            report.json(load);
        } else if (arrivals.rates.isEmpty()) {
            report.lines(load);
        } else {
            report.line(scenario.arrivals().description(), load);
        }
        return load.judgement().status().counts() && report.anyCompleted();
    }

    private Study.Scenario described() {
        Path file = arrivals.file;
        if (file != null) {
            Study.Scenario read = ScenarioFile.read(file);
            return length.isGiven() ? read.asking(length.asked()) : read;
        }
        ArrivalPattern pattern = arrivals.pattern();
        return new Study.Scenario(
                "load",
                pattern.openLoop() ? Workload.Kind.LOAD_OPEN : Workload.Kind.LOAD_CLOSED,
                pattern,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofMinutes(1),
                WorkloadPlan.of(new PromptPlan.Pool(LoadPrompts.DEMO_MIXED), outputLength()),
                false,
                false);
    }

    private LoadScenario scenario(Study.Scenario described, ArrivalPattern pattern, double tokensPerWord) {
        return new LoadScenario(
                described.name(),
                pattern,
                warmUp == null
                        ? described.warmUp()
                        : Duration.ofSeconds(OptionValue.within("--warm-up", warmUp, 0, LONGEST_SECONDS)),
                duration == null
                        ? described.duration()
                        : Duration.ofSeconds(OptionValue.within("--duration", duration, 1, LONGEST_SECONDS)),
                described.timeout(),
                described.workload().open(new PromptPlan.Draw(seed, part++, tokensPerWord)),
                seed,
                described.allowPrefixReuse(),
                described.keepTexts(),
                shard == null ? Shard.WHOLE : OptionValue.read("--shard", shard, Shard::parse));
    }
}
