package dev.weighbridge.core.run;

import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.TelemetrySample;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A single load that is kept as a run of its own: its requests as they end, its figures when it has ended. */
public final class RecordedLoad implements AutoCloseable {
    static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String UNKNOWN = "unknown";

    private final RunDirectory run;
    private final Variant variant;
    private final LoadScenario scenario;
    private final Map<String, String> facts;
    private final Instant begun;
    private final String trialId;
    private final TrialFolder folder;

    private RecordedLoad(
            RunDirectory run, Variant variant, LoadScenario scenario, Map<String, String> facts, Instant begun) {
        this.run = run;
        this.variant = variant;
        this.scenario = scenario;
        this.facts = facts;
        this.begun = begun;
        trialId = variant.id() + "~" + Variant.shortIdPart(scenario.name()) + "~1";
        folder = run.begin(trialId);
    }

    /**
     * Begins to keep a load.
     *
     * @param results folder of all runs
     * @param info of what is loaded
     * @param facts of the injector, which end in the trial's record
     * @throws dev.weighbridge.results.InvalidResultException when the run cannot be written
     */
    public static RecordedLoad begin(
            Path results,
            EngineInfo info,
            LoadScenario scenario,
            Manifest.Objectives objectives,
            String generator,
            Map<String, String> facts) {
        Instant now = Instant.now();
        Variant variant = Variant.outsideStudy(info.modelName(), info.engineId(), UNKNOWN, UNKNOWN, info.device());
        String shard = scenario.shard().isPart() ? "-shard-" + scenario.shard().number() : "";
        Manifest manifest = Manifest.ofLoads(
                "load",
                RUN_ID.format(now) + shard,
                now.toString(),
                Map.of("load", scenario.seed()),
                HostFacts.describe(),
                Map.of("load_generator", generator),
                List.of(),
                objectives,
                variant,
                List.of(scenario.name()));
        Map<String, String> all = new TreeMap<>(facts);
        all.put("shard", scenario.shard().toString());
        all.put("plan", plan(scenario));
        return new RecordedLoad(RunDirectory.create(results, manifest), variant, scenario, all, now);
    }

    /** What all shards of a load have in common. */
    private static String plan(LoadScenario scenario) {
        String asked = scenario.workload().classes().stream()
                .map(kind -> kind.name() + " " + kind.weight() + " " + kind.outputLength() + " turns " + kind.turns())
                .collect(Collectors.joining("; "));
        return scenario.name() + ", " + scenario.arrivals().description() + ", " + scenario.warmUp() + ", "
                + scenario.duration() + ", seed " + scenario.seed() + ", " + asked;
    }

    /** Keeps a request. */
    public void request(RequestTiming timing) {
        folder.request(timing);
    }

    /** Keeps samples of the machine. */
    public void telemetry(List<TelemetrySample> samples) {
        folder.telemetry(samples);
    }

    /**
     * Makes the load part of its run.
     *
     * @param more facts of the injector, known only now
     * @return the run
     */
    public RunDirectory commit(JudgedLoad load, Map<String, String> more) {
        facts.putAll(more);
        load.figures().histograms().forEach(folder::histogram);
        boolean open = scenario.arrivals().openLoop();
        folder.commit(new Trial(
                Trial.SCHEMA_VERSION,
                trialId,
                variant,
                new Workload(open ? Workload.Kind.LOAD_OPEN : Workload.Kind.LOAD_CLOSED, scenario.name()),
                1,
                1,
                1,
                load.judgement().status(),
                load.judgement().reasons(),
                load.judgement().flags(),
                load.measurements(),
                load.circumstances(),
                facts,
                begun.toString(),
                Duration.between(begun, Instant.now()).toMillis() / 1e3));
        return run;
    }

    @Override
    public void close() {
        folder.close();
    }
}
