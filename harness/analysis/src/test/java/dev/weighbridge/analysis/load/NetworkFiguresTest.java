package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.TelemetrySample;
import dev.weighbridge.results.TelemetrySample.Network;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NetworkFiguresTest {
    private static TelemetrySample sample(long millis, @Nullable Map<String, Network> network) {
        return new TelemetrySample(
                millis * 1_000_000, 0, 0, null, null, null, null, null, null, null, null, null, null, network);
    }

    private static List<String> figures(TelemetrySample... samples) {
        return new NetworkFigures(List.of(samples))
                .measurements().stream()
                        .map(m -> m.name() + " " + m.value() + " " + m.unit() + " " + m.samples())
                        .toList();
    }

    @Test
    void whatPassedBetweenTheFirstAndTheLastSampleIsPerSecond() {
        assertThat(figures(
                        sample(
                                0,
                                Map.of(
                                        "lo",
                                        new Network(50, 50),
                                        "eth0",
                                        new Network(100, 10),
                                        "eth1",
                                        new Network(0, 0))),
                        sample(100, null),
                        sample(1_000, Map.of("lo", new Network(99, 99), "eth0", new Network(9_999, 99))),
                        sample(
                                2_000,
                                Map.of(
                                        "lo",
                                        new Network(1_050, 1_050),
                                        "eth0",
                                        new Network(4_100, 2_010),
                                        "eth1",
                                        new Network(2_000, 8),
                                        "new",
                                        new Network(1_000_000, 1_000_000)))))
                .as("an interface that was not there at the start is left out")
                .containsExactly(
                        "network_received 3000.0 bytes/s 3",
                        "network_sent 1004.0 bytes/s 3",
                        "network_loopback 500.0 bytes/s 3");
    }

    @Test
    void whatWasNotCountedIsAbsent() {
        assertThat(figures(sample(0, null), sample(100, null))).isEmpty();
        assertThat(figures(sample(0, Map.of("lo", new Network(1, 1)))))
                .as("one sample")
                .isEmpty();
        assertThat(figures(sample(0, Map.of("lo", new Network(1, 1))), sample(1_000, Map.of("lo", new Network(3, 3)))))
                .containsExactly("network_loopback 2.0 bytes/s 2");
    }

    @Test
    void anInterfaceThatBeganAnewTakesNothingAway() {
        assertThat(figures(
                        sample(0, Map.of("eth0", new Network(5_000, 5_000))),
                        sample(1_000, Map.of("eth0", new Network(10, 10)))))
                .containsExactly("network_received 0.0 bytes/s 2", "network_sent 0.0 bytes/s 2");
    }
}
