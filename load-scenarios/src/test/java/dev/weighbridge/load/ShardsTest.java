package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.ArrivalPattern;
import dev.weighbridge.api.load.Closed;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.Shard;
import dev.weighbridge.load.calibration.NullStreamingServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several injectors of one load. */
class ShardsTest {
    @TempDir
    private Path folder;

    private List<RequestTiming> offered(NullStreamingServer server, ArrivalPattern arrivals, Shard shard) {
        LoadScenario whole = LoadRuns.scenario(arrivals, 400, Duration.ofSeconds(5), 1_000);
        return LoadRuns.run(server.endpoint(), whole.with(shard), folder).timings();
    }

    private static Map<Integer, String> schedule(List<RequestTiming> timings) {
        Map<Integer, String> schedule = new TreeMap<>();
        timings.forEach(
                timing -> schedule.put(timing.index(), timing.intendedNanos() + " asks " + timing.promptIndex()));
        return schedule;
    }

    @Test
    void fourShardsGiveTheScheduleOfOne() {
        try (NullStreamingServer server = NullStreamingServer.start(4, Duration.ZERO, Duration.ZERO)) {
            List<RequestTiming> whole = offered(server, new Poisson(200), Shard.WHOLE);
            List<RequestTiming> parts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                List<RequestTiming> part = offered(server, new Poisson(200), new Shard(i, 4));
                assertThat(part).hasSizeBetween(whole.size() / 4, whole.size() / 4 + 1);
                parts.addAll(part);
            }
            assertThat(parts).hasSameSizeAs(whole);
            assertThat(schedule(parts)).isEqualTo(schedule(whole));
        }
    }

    @Test
    void usersOfAClosedLoopAreDealtOutAndAskNothingTwice() {
        try (NullStreamingServer server = NullStreamingServer.start(4, Duration.ofMillis(20), Duration.ofMillis(5))) {
            List<RequestTiming> first = offered(server, new Closed(3), new Shard(0, 2));
            List<RequestTiming> second = offered(server, new Closed(3), new Shard(1, 2));
            assertThat(first.size()).isGreaterThan(second.size());
            assertThat(first).allMatch(timing -> timing.promptIndex() % 2 == 0);
            assertThat(second).isNotEmpty().allMatch(timing -> timing.promptIndex() % 2 == 1);
        }
    }
}
