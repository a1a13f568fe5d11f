package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ServerFiguresTest {
    private static TelemetrySample sample(TelemetrySample.@Nullable Server server) {
        return new TelemetrySample(0, 0, 0, null, null, null, null, null, null, null, null, null, server);
    }

    private static Map<String, Double> figures(TelemetrySample... samples) {
        return new ServerFigures(List.of(samples))
                .measurements().stream().collect(Collectors.toMap(Measurement::name, Measurement::value));
    }

    @Test
    void gaugesAreAveragedAndCountersAreDifferences() {
        assertThat(figures(
                        sample(new TelemetrySample.Server(0.0, 8.0, 0.5, 2.0, 100.0, 40.0)),
                        sample(null),
                        sample(new TelemetrySample.Server(6.0, 4.0, 0.9, 5.0, 300.0, 140.0)),
                        sample(new TelemetrySample.Server(3.0, 6.0, 0.7, 5.0, 500.0, 340.0))))
                .containsOnly(
                        Map.entry("server_queue_mean", 3.0),
                        Map.entry("server_queue_max", 6.0),
                        Map.entry("server_batch_mean", 6.0),
                        Map.entry("kv_cache_share_max", 0.9),
                        Map.entry("preemptions", 3.0),
                        Map.entry("prefix_cache_hit_share", 0.75));
    }

    @Test
    void whatWasNotSaidIsAbsent() {
        assertThat(figures(sample(null), sample(null))).isEmpty();
        assertThat(figures(sample(new TelemetrySample.Server(1.0, null, null, 4.0, 7.0, 7.0))))
                .containsOnlyKeys("server_queue_mean", "server_queue_max");
    }

    @Test
    void aCounterThatBeganAnewIsNotNegative() {
        assertThat(figures(
                        sample(new TelemetrySample.Server(null, null, null, 9.0, 50.0, 50.0)),
                        sample(new TelemetrySample.Server(null, null, null, 1.0, 10.0, 10.0))))
                .containsOnly(Map.entry("preemptions", 0.0));
    }
}
