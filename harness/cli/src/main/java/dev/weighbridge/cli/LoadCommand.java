package dev.weighbridge.cli;

import dev.weighbridge.analysis.text.ReasonText;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.run.JudgedLoad;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Json;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Offers load to a server that is running already. */
@Command(
        name = "load",
        description = "Offer load to an OpenAI-compatible server and print its latencies.",
        footer = {
            "",
            "Examples:",
            "  weighbridge load http://127.0.0.1:8080 --model weighbridge-demo --rate 20 --duration 10",
            "  weighbridge load http://127.0.0.1:8080 --model weighbridge-demo --users 8 --duration 10",
            "  weighbridge load http://127.0.0.1:8080 --model weighbridge-demo --users 8 --output-tokens log-normal:32:0.5:128"
        })
final class LoadCommand implements Callable<Integer> {
    private static final int PROMPTS = 20_000;
    private static final Duration CALIBRATION = Duration.ofSeconds(2);
    private static final int LONGEST_SECONDS = 7 * 24 * 3600;
    private static final int MOST_USERS = 10_000;
    private static final int HIGHEST_RATE = 100_000;

    private final Terminal terminal;

    @Parameters(paramLabel = "URL", description = "Base address of the server.")
    private String endpoint = "";

    @Option(
            names = "--model",
            paramLabel = "NAME",
            required = true,
            description = "Name under which the model is served.")
    private String model = "";

    @ArgGroup(multiplicity = "1")
    private Arrivals arrivals = new Arrivals();

    @Option(
            names = "--duration",
            paramLabel = "S",
            description = "Seconds of the steady window. Default: ${DEFAULT-VALUE}.")
    private int duration = 10;

    @Option(names = "--warm-up", paramLabel = "S", description = "Seconds before it. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 2;

    @ArgGroup
    private Length length = new Length();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of arrivals and prompts. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--json", description = "Print JSON for a script to read.")
    private boolean json;

    /** Open or closed loop. */
    static final class Arrivals {
        @Option(names = "--rate", paramLabel = "R", description = "Open loop: Poisson arrivals a second.")
        private @Nullable Double rate;

        @Option(names = "--users", paramLabel = "N", description = "Closed loop: concurrent users.")
        private @Nullable Integer users;

        LoadScenario.Arrivals scenario() {
            if (rate == null) {
                return new LoadScenario.Closed(OptionValue.within("--users", users == null ? 1 : users, 1, MOST_USERS));
            }
            if (!(rate > 0 && rate <= HIGHEST_RATE)) {
                throw new ConfigException(
                        "--rate must be above 0 and at most " + HIGHEST_RATE + " per second, got: " + rate);
            }
            return new LoadScenario.Poisson(rate);
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

        TokenLength asked() {
            return maxTokens == null
                    ? OptionValue.read(
                            "--output-tokens", outputTokens == null ? STANDARD : outputTokens, TokenLength::parse)
                    : new TokenLength.AtMost(OptionValue.within("--max-tokens", maxTokens, 1, TokenLength.MOST_TOKENS));
        }
    }

    LoadCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** What the options ask of every answer. */
    TokenLength outputLength() {
        return length.asked();
    }

    @Override
    public Integer call() throws IOException {
        URI server = server(endpoint);
        LoadGenerator generator = ServiceLoader.load(LoadGenerator.class)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("no load generator is on the class path; rebuild the project"));
        LoadScenario scenario = new LoadScenario(
                "load",
                arrivals.scenario(),
                Duration.ofSeconds(OptionValue.within("--warm-up", warmUp, 0, LONGEST_SECONDS)),
                Duration.ofSeconds(OptionValue.within("--duration", duration, 1, LONGEST_SECONDS)),
                Duration.ofMinutes(1),
                outputLength(),
                LoadPrompts.load("demo-mixed", PROMPTS, seed),
                seed,
                false);
        terminal.note("measuring what this client could do at most");
        Ceiling ceiling = generator.calibrate(CALIBRATION, 0);
        Path local = Files.createTempDirectory("weighbridge-load");
        AtomicLong requests = new AtomicLong();
        JudgedLoad load = JudgedLoad.of(
                generator,
                new JudgedLoad.Target(server, model, OptionalLong.empty(), Optional.empty()),
                scenario,
                new Manifest.Objectives(null, null, null, 1, 0),
                ceiling,
                null,
                local,
                timing -> requests.incrementAndGet(),
                samples -> {});
        print(load, requests.get());
        return load.judgement().status().counts() ? ExitCode.GOOD : ExitCode.INCONCLUSIVE;
    }

    /** Reads the address as text, since the URI of {@code localhost:8080} is valid and has the scheme "localhost". */
    private static URI server(String text) {
        String example = text.matches("[A-Za-z0-9._-]+(:\\d+)?(/.*)?") ? "http://" + text : "http://127.0.0.1:8080";
        try {
            URI address = new URI(text);
            boolean web = "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
            if (web && address.getHost() != null) {
                return address;
            }
        } catch (URISyntaxException e) {
            throw new ConfigException(
                    "URL '" + text + "' is malformed: " + e.getReason() + ". Use one such as " + example);
        }
        throw new ConfigException(
                "URL '" + text + "' is not the http or https address of a server. Use one such as " + example);
    }

    private void print(JudgedLoad load, long requests) {
        if (json) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("status", load.judgement().status());
            facts.put("reasons", load.judgement().reasons());
            facts.put("flags", load.judgement().flags());
            facts.put("measurements", load.measurements());
            terminal.line(Json.pretty(facts).stripTrailing());
            return;
        }
        for (Measurement figure : load.measurements()) {
            String interval = figure.low() == null || figure.high() == null
                    ? ""
                    : String.format(Locale.ROOT, "  [%.4g, %.4g]", figure.low(), figure.high());
            terminal.line(String.format(
                    Locale.ROOT,
                    "%-26s %10.4g %-10s%s%s  n = %d",
                    figure.name() + (figure.scope().isEmpty() ? "" : " (" + figure.scope() + ")"),
                    figure.value(),
                    figure.unit(),
                    interval,
                    figure.uncertain() ? "  uncertain" : "",
                    figure.samples()));
        }
        ReasonText.list(load.judgement().flags()).forEach(flag -> terminal.line("worth knowing: " + flag));
        String reasons = ReasonText.of(load.judgement().reasons());
        terminal.line(
                requests + " requests; " + load.judgement().status().name().toLowerCase(Locale.ROOT)
                        + (reasons.isEmpty() ? "" : ": " + reasons));
    }
}
