package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.load.TrialTimeline.Line;
import dev.weighbridge.analysis.load.TrialTimeline.Panel;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.RunDirectory;
import dev.weighbridge.results.TelemetrySample;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.TrialFolder;
import dev.weighbridge.results.Variant;
import dev.weighbridge.results.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialTimelineTest {
    private static final long MILLI = 1_000_000;
    private static final long ORIGIN = 5_000 * MILLI;
    private static final Variant VARIANT = new Variant("v", "m", "e", "fp32", "none", "none", "cpu", "box");

    @TempDir
    Path folder;

    private static RequestTiming request(int index, long intended, long firstToken, long end) {
        return new RequestTiming(
                index,
                intended * MILLI,
                intended * MILLI,
                new long[] {firstToken * MILLI, end * MILLI},
                new int[] {1, 1},
                end * MILLI,
                3,
                4,
                Outcome.COMPLETED,
                200,
                null,
                index,
                null);
    }

    private static TelemetrySample sample(long millis, long serverMicros, TelemetrySample.@Nullable Server server) {
        return new TelemetrySample(
                ORIGIN + millis * MILLI, 0, 0, null, null, null, null, serverMicros, null, null, null, null, server);
    }

    private TrialTimeline timeline(List<RequestTiming> requests, List<TelemetrySample> samples) {
        RunDirectory run = RunDirectory.create(
                folder,
                new Manifest(
                        Manifest.SCHEMA_VERSION,
                        "s",
                        "r",
                        "",
                        "",
                        "2026-11-26T00:00:00Z",
                        null,
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        new Manifest.Prices("p", "2026-11-26", "us", Map.of()),
                        "v",
                        new Manifest.Objectives(null, null, null, 0.99, 0),
                        List.of(VARIANT),
                        new Manifest.Plan(List.of(), List.of("load"), null, 1, null, Map.of())));
        Circumstances circumstances =
                new Circumstances(ORIGIN, 100 * MILLI, 900 * MILLI, true, true, false, null, null, 2, null);
        try (TrialFolder trial = run.begin("t")) {
            requests.forEach(trial::request);
            trial.telemetry(samples);
            Trial record = trial.commit(new Trial(
                    Trial.SCHEMA_VERSION,
                    "t",
                    VARIANT,
                    new Workload(Workload.Kind.LOAD_OPEN, "load"),
                    1,
                    1,
                    1,
                    Trial.Status.COMPLETED,
                    List.of(),
                    List.of(),
                    List.of(),
                    circumstances,
                    Map.of(),
                    "2026-11-26T00:00:00Z",
                    1));
            return TrialTimeline.read(run, record).orElseThrow();
        }
    }

    private static Line line(TrialTimeline timeline, String panel, String name) {
        return timeline.panels().stream()
                .filter(candidate -> candidate.id().equals(panel))
                .flatMap(candidate -> candidate.lines().stream())
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void requestsAndTokensFallIntoTheSlicesOfTheirTimes() {
        List<RequestTiming> requests =
                new ArrayList<>(List.of(request(0, 10, 30, 150), request(1, 20, 80, 950), request(2, 310, 320, 390)));
        TrialTimeline timeline = timeline(requests, List.of());

        assertThat(timeline.steadyStart()).isEqualTo(0.1);
        assertThat(timeline.steadyEnd()).isEqualTo(0.9);
        assertThat(timeline.panels()).extracting(Panel::id).containsExactly("requests", "tokens", "ttft");
        // Slices of 100 ms up to the last end: two were wanted in the first, one in the fourth.
        assertThat(line(timeline, "requests", "wanted by the schedule").values())
                .containsExactly(20.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        assertThat(line(timeline, "requests", "completed").values())
                .containsExactly(0.0, 10.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0);
        // Four tokens each in two chunks: two tokens fall to each chunk.
        assertThat(line(timeline, "tokens", "of completed requests").values())
                .containsExactly(40.0, 20.0, 0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 0.0, 20.0);
        assertThat(line(timeline, "ttft", "median").values()).containsExactly(20.0, 10.0);
        assertThat(line(timeline, "ttft", "longest").values()).containsExactly(60.0, 10.0);
        assertThat(line(timeline, "ttft", "longest").seconds()).containsExactly(0.05, 0.35);
    }

    @Test
    void whatWasSampledIsOnTheClockOfTheRequests() {
        TrialTimeline timeline = timeline(
                List.of(request(0, 10, 30, 990)),
                List.of(
                        sample(-50, 0, null),
                        sample(100, 1_000, new TelemetrySample.Server(2.0, 8.0, null, null, null, null)),
                        sample(200, 101_000, null),
                        sample(300, 301_000, new TelemetrySample.Server(0.0, 3.0, null, null, null, null)),
                        sample(2_000, 900_000, null)));

        assertThat(timeline.panels())
                .extracting(Panel::id)
                .containsExactly("requests", "tokens", "ttft", "server", "cpu");
        assertThat(line(timeline, "server", "waiting").values()).containsExactly(2.0, 0.0);
        assertThat(line(timeline, "server", "running").seconds()).containsExactly(0.1, 0.3);
        // Of two cores: 100 ms of CPU time in 100 ms are half, 200 ms are all.
        assertThat(line(timeline, "cpu", "server").values()).containsExactly(50.0, 100.0);
    }

    @Test
    void aLongLoadHasNoMoreSlicesThanCanBeSeen() {
        TrialTimeline timeline = timeline(List.of(request(0, 10, 30, 3_600_000)), List.of());
        assertThat(line(timeline, "requests", "completed").values()).hasSize(240);
    }

    private static TelemetrySample passing(long millis, long received) {
        return new TelemetrySample(
                ORIGIN + millis * MILLI,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of("eth0", new TelemetrySample.Network(received, 0)));
    }

    @Test
    void theNetworkIsDrawnBetweenItsSamples() {
        TrialTimeline timeline = timeline(
                List.of(request(0, 10, 30, 990)),
                List.of(passing(100, 0), passing(200, 200_000), passing(300, 1_200_000)));
        assertThat(line(timeline, "network", "received").values()).containsExactly(2.0, 10.0);
        assertThat(line(timeline, "network", "received").seconds()).containsExactly(0.15, 0.25);
        assertThat(line(timeline, "network", "sent").values()).containsExactly(0.0, 0.0);
    }
}
