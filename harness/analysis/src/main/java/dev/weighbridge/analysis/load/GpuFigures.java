package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the graphics processor did over the steady window. Pure; what its driver did not tell is absent. */
final class GpuFigures {
    private static final double MILLIS_PER_UNIT = 1e3;
    private static final double PERCENT = 100;

    private final List<TelemetrySample> samples;

    /** Figures of the samples that cover the window, in order. */
    GpuFigures(List<TelemetrySample> samples) {
        this.samples = samples;
    }

    /**
     * The figures.
     *
     * @param outputTokensPerSecond over the same window, for energy per token
     */
    List<Measurement> measurements(OptionalDouble outputTokensPerSecond) {
        List<Measurement> figures = new ArrayList<>();
        mean(TelemetrySample.Gpu::utilisationPercent)
                .ifPresent(percent -> figures.add(figure(Metric.GPU_UTILISATION, percent / PERCENT)));
        values(TelemetrySample.Gpu::usedBytes).stream()
                .mapToDouble(Number::doubleValue)
                .max()
                .ifPresent(bytes -> figures.add(figure(Metric.GPU_MEMORY, bytes)));
        mean(TelemetrySample.Gpu::clockMegahertz)
                .ifPresent(megahertz -> figures.add(figure(Metric.GPU_CLOCK, megahertz)));
        watts().ifPresent(watts -> {
            figures.add(figure(Metric.GPU_POWER, watts));
            double rate = outputTokensPerSecond.orElse(0);
            if (rate > 0) {
                figures.add(figure(Metric.ENERGY_PER_TOKEN, watts / rate));
            }
        });
        return figures;
    }

    /** From the board's counter of energy where it has one, which misses nothing between two samples. */
    private OptionalDouble watts() {
        List<TelemetrySample> counted = samples.stream()
                .filter(sample -> sample.gpu() != null && sample.gpu().energyMillijoules() != null)
                .toList();
        if (counted.size() > 1) {
            TelemetrySample first = counted.get(0);
            TelemetrySample last = counted.get(counted.size() - 1);
            double joules = (energy(last) - energy(first)) / MILLIS_PER_UNIT;
            double seconds = (last.nanos() - first.nanos()) / 1e9;
            if (joules > 0 && seconds > 0) {
                return OptionalDouble.of(joules / seconds);
            }
        }
        OptionalDouble milliwatts = mean(TelemetrySample.Gpu::powerMilliwatts);
        return milliwatts.isPresent() ? OptionalDouble.of(milliwatts.getAsDouble() / MILLIS_PER_UNIT) : milliwatts;
    }

    private static double energy(TelemetrySample sample) {
        return Objects.requireNonNull(Objects.requireNonNull(sample.gpu()).energyMillijoules());
    }

    private OptionalDouble mean(Function<TelemetrySample.Gpu, @Nullable Number> value) {
        return values(value).stream().mapToDouble(Number::doubleValue).average();
    }

    private List<Number> values(Function<TelemetrySample.Gpu, @Nullable Number> value) {
        List<Number> values = new ArrayList<>();
        for (TelemetrySample sample : samples) {
            Number known = sample.gpu() == null ? null : value.apply(sample.gpu());
            if (known != null) {
                values.add(known);
            }
        }
        return values;
    }

    private Measurement figure(Metric metric, double value) {
        return new Measurement(metric.id(), "", metric.id(), value, metric.unit(), samples.size(), null, null, false);
    }
}
