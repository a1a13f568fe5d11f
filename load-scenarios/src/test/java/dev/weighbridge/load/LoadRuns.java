package dev.weighbridge.load;

import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.OutputLength;
import dev.weighbridge.api.load.RequestTiming;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Short scenarios and what came of them. */
final class LoadRuns {
    private LoadRuns() {}

    record Result(LoadGenerator.LoadRun run, List<RequestTiming> timings) {}

    static LoadScenario poisson(double rate, int millis) {
        return scenario(new LoadScenario.Poisson(rate), millis, Duration.ofSeconds(5), 1_000);
    }

    static LoadScenario closed(int users, int millis) {
        return scenario(new LoadScenario.Closed(users), millis, Duration.ofSeconds(5), 1_000);
    }

    /** A quarter of the time is warm-up. */
    static LoadScenario scenario(LoadScenario.Arrivals arrivals, int millis, Duration timeout, int prompts) {
        return new LoadScenario(
                "short",
                arrivals,
                Duration.ofMillis(millis / 4),
                Duration.ofMillis(millis - millis / 4),
                timeout,
                new OutputLength.AtMost(8),
                IntStream.range(0, prompts).mapToObj(i -> "prompt " + i).toList(),
                17,
                false);
    }

    /** The same with answers of another length. */
    static LoadScenario of(OutputLength length, LoadScenario scenario) {
        return new LoadScenario(
                scenario.name(),
                scenario.arrivals(),
                scenario.warmUp(),
                scenario.duration(),
                scenario.timeout(),
                length,
                scenario.prompts(),
                scenario.seed(),
                scenario.allowPrefixReuse());
    }

    static Result run(URI endpoint, LoadScenario scenario, Path folder) {
        List<RequestTiming> timings = new ArrayList<>();
        LoadGenerator.LoadRun run = new GatlingLoadGenerator().run(endpoint, "demo", scenario, folder, timings::add);
        return new Result(run, timings);
    }
}
