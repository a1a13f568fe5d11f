package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import dev.weighbridge.results.TelemetrySample.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;

/** What passed through the network beside a load. Pure; what was not counted is absent. */
final class NetworkFigures {
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<TelemetrySample> samples;

    /** Figures of the samples that cover the window, in order. */
    NetworkFigures(List<TelemetrySample> samples) {
        this.samples =
                samples.stream().filter(sample -> sample.network() != null).toList();
    }

    List<Measurement> measurements() {
        List<Measurement> figures = new ArrayList<>();
        if (samples.size() < 2) {
            return figures;
        }
        TelemetrySample first = samples.get(0);
        TelemetrySample last = samples.get(samples.size() - 1);
        add(figures, Metric.NETWORK_RECEIVED, rate(first, last, false, Network::receivedBytes));
        add(figures, Metric.NETWORK_SENT, rate(first, last, false, Network::sentBytes));
        add(figures, Metric.NETWORK_LOOPBACK, rate(first, last, true, Network::sentBytes));
        return figures;
    }

    private void add(List<Measurement> figures, Metric metric, OptionalDouble rate) {
        rate.ifPresent(value -> figures.add(
                new Measurement(metric.id(), "", metric.id(), value, "bytes/s", samples.size(), null, null, false)));
    }

    /**
     * Bytes a second between two samples, over the interfaces that both have; empty where they have none.
     *
     * @param loopback whether of the machine to itself, or of all others
     */
    static OptionalDouble rate(
            TelemetrySample before, TelemetrySample after, boolean loopback, ToLongFunction<Network> bytes) {
        double seconds = (after.nanos() - before.nanos()) / NANOS_PER_SECOND;
        Map<String, Network> earlier = before.network();
        Map<String, Network> later = after.network();
        if (earlier == null || later == null || seconds <= 0) {
            return OptionalDouble.empty();
        }
        long passed = 0;
        int counted = 0;
        for (Map.Entry<String, Network> entry : later.entrySet()) {
            Network start = earlier.get(entry.getKey());
            if (start != null && entry.getKey().equals(TelemetrySample.LOOPBACK) == loopback) {
                // An interface that went down and came up again counts from 0.
                passed += Math.max(0, bytes.applyAsLong(entry.getValue()) - bytes.applyAsLong(start));
                counted++;
            }
        }
        return counted == 0 ? OptionalDouble.empty() : OptionalDouble.of(passed / seconds);
    }
}
