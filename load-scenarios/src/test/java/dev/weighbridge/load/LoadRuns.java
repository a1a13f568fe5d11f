package dev.weighbridge.load;

import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.PromptSource;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Short scenarios and what came of them. */
final class LoadRuns {
    static final long SEED = 17;

    private LoadRuns() {}

    record Result(LoadGenerator.LoadRun run, List<RequestTiming> timings) {}

    static LoadScenario poisson(double rate, int millis) {
        return scenario(new Poisson(rate), millis, Duration.ofSeconds(5), 1_000);
    }

    static LoadScenario closed(int users, int millis) {
        return scenario(new Closed(users), millis, Duration.ofSeconds(5), 1_000);
    }

    /** A quarter of the time is warm-up. */
    static LoadScenario scenario(ArrivalPattern arrivals, int millis, Duration timeout, int prompts) {
        return new LoadScenario(
                "short",
                arrivals,
                Duration.ofMillis(millis / 4),
                Duration.ofMillis(millis - millis / 4),
                timeout,
                Workload.of(prompts(prompts), new TokenLength.AtMost(8), SEED),
                SEED,
                false,
                false);
    }

    /** The same with answers of another length. */
    static LoadScenario of(TokenLength length, LoadScenario scenario) {
        return new LoadScenario(
                scenario.name(),
                scenario.arrivals(),
                scenario.warmUp(),
                scenario.duration(),
                scenario.timeout(),
                Workload.of(prompts(1_000), length, SEED),
                scenario.seed(),
                scenario.allowPrefixReuse(),
                scenario.keepTexts());
    }

    /** The same with another workload. */
    static LoadScenario asking(Workload workload, LoadScenario scenario) {
        return new LoadScenario(
                scenario.name(),
                scenario.arrivals(),
                scenario.warmUp(),
                scenario.duration(),
                scenario.timeout(),
                workload,
                scenario.seed(),
                scenario.allowPrefixReuse(),
                true);
    }

    static PromptSource prompts(int count) {
        return PromptSource.of(
                IntStream.range(0, count).mapToObj(i -> "prompt " + i).toList());
    }

    static Result run(URI endpoint, LoadScenario scenario, Path folder) {
        List<RequestTiming> timings = new ArrayList<>();
        LoadGenerator.LoadRun run =
                new GatlingLoadGenerator().run(Endpoint.of(endpoint, "demo"), scenario, folder, timings::add);
        return new Result(run, timings);
    }
}
