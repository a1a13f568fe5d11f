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
    private static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String UNKNOWN = "unknown";

    private final RunDirectory run;
    private final Variant variant;
    private final LoadScenario scenario;
    private final Map<String, String> facts;
    private final Instant begun;
    private final TrialFolder folder;

    private RecordedLoad(
            RunDirectory run, Variant variant, LoadScenario scenario, Map<String, String> facts, Instant begun) {
        this.run = run;
        this.variant = variant;
        this.scenario = scenario;
        this.facts = facts;
        this.begun = begun;
        folder = run.begin(variant.id() + "~" + safe(scenario.name()) + "~1");
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
        String id = safe(info.modelName()) + "~" + safe(info.engineId()) + "~" + UNKNOWN + "~" + UNKNOWN;
        Variant variant =
                new Variant(id, info.modelName(), info.engineId(), UNKNOWN, UNKNOWN, UNKNOWN, info.device(), UNKNOWN);
        String shard = scenario.shard().isPart() ? "-shard-" + scenario.shard().number() : "";
        Manifest manifest = new Manifest(
                Manifest.SCHEMA_VERSION,
                "load",
                RUN_ID.format(now) + shard,
                "",
                "",
                now.toString(),
                null,
                Map.of("load", scenario.seed()),
                HostFacts.describe(),
                Map.of("load_generator", generator),
                List.of(new Manifest.Model(info.modelName(), UNKNOWN, UNKNOWN, 0)),
                List.of(),
                new Manifest.Prices("none", "", "", Map.of()),
                id,
                objectives,
                List.of(variant),
                new Manifest.Plan(List.of(), List.of(scenario.name()), null, 1, null, Map.of(id, id)));
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
                variant.id() + "~" + safe(scenario.name()) + "~1",
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

    private static String safe(String name) {
        String safe = name.replaceAll("[^A-Za-z0-9._+-]", "_");
        return safe.substring(0, Math.min(48, safe.length()));
    }
}
