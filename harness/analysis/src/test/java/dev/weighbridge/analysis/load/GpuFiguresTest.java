package dev.weighbridge.analysis.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GpuFiguresTest {
    private static TelemetrySample at(long millis, TelemetrySample.@Nullable Gpu gpu) {
        return new TelemetrySample(millis * 1_000_000, millis, 0, null, null, null, null, null, null, null, null, gpu);
    }

    private static Map<String, Double> figures(List<TelemetrySample> samples, OptionalDouble rate) {
        return new GpuFigures(samples)
                .measurements(rate).stream().collect(Collectors.toMap(Measurement::name, Measurement::value));
    }

    @Test
    void energyComesFromTheBoardsCounterAndIsSharedAmongTheTokens() {
        Map<String, Double> figures = figures(
                List.of(
                        at(0, new TelemetrySample.Gpu(20, 1_000L, 1_900, 90_000, 500_000L)),
                        at(1_000, new TelemetrySample.Gpu(40, 3_000L, 1_980, 90_000, 700_000L)),
                        at(2_000, new TelemetrySample.Gpu(60, 2_000L, 1_910, 90_000, 1_100_000L))),
                OptionalDouble.of(150));
        assertThat(figures.get("gpu_utilisation")).isCloseTo(0.4, within(1e-12));
        assertThat(figures.get("gpu_memory_bytes")).isEqualTo(3_000);
        assertThat(figures.get("gpu_clock_mhz")).isCloseTo(1_930, within(1e-9));
        assertThat(figures.get("gpu_power_watts")).isCloseTo(300, within(1e-9));
        assertThat(figures.get("joules_per_output_token")).isCloseTo(2, within(1e-12));
    }

    @Test
    void powerIsAveragedWhereTheBoardCountsNoEnergy() {
        List<TelemetrySample> samples = List.of(
                at(0, new TelemetrySample.Gpu(null, null, null, 100_000, null)),
                at(100, null),
                at(200, new TelemetrySample.Gpu(null, null, null, 200_000, null)));
        assertThat(figures(samples, OptionalDouble.empty())).containsOnly(Map.entry("gpu_power_watts", 150.0));
    }

    @Test
    void whereThereIsNoProcessorThereAreNoFigures() {
        assertThat(figures(List.of(at(0, null), at(100, null)), OptionalDouble.of(10)))
                .isEmpty();
    }
}
