package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.TelemetrySample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the server said of itself over the steady window. Pure; what it did not say is absent. */
final class ServerFigures {
    private final List<TelemetrySample.Server> said;

    /** Figures of the samples that cover the window, in order. */
    ServerFigures(List<TelemetrySample> samples) {
        List<TelemetrySample.Server> known = new ArrayList<>();
        for (TelemetrySample sample : samples) {
            TelemetrySample.Server server = sample.server();
            if (server != null) {
                known.add(server);
            }
        }
        said = known;
    }

    List<Measurement> measurements() {
        List<Measurement> figures = new ArrayList<>();
        double[] waiting = values(TelemetrySample.Server::waiting);
        add(figures, Metric.SERVER_QUEUE, mean(waiting), waiting.length);
        add(figures, Metric.SERVER_QUEUE_MOST, max(waiting), waiting.length);
        double[] running = values(TelemetrySample.Server::running);
        add(figures, Metric.SERVER_BATCH, mean(running), running.length);
        double[] cache = values(TelemetrySample.Server::cacheShare);
        add(figures, Metric.SERVER_CACHE, max(cache), cache.length);
        double[] preemptions = values(TelemetrySample.Server::preemptions);
        add(figures, Metric.PREEMPTIONS, passed(preemptions), preemptions.length);
        double[] hits = values(TelemetrySample.Server::prefixHits);
        double queries = passed(values(TelemetrySample.Server::prefixQueries));
        add(figures, Metric.PREFIX_HITS, queries > 0 ? passed(hits) / queries : Double.NaN, hits.length);
        return figures;
    }

    private static void add(List<Measurement> figures, Metric metric, double value, int samples) {
        if (Double.isFinite(value)) {
            figures.add(
                    new Measurement(metric.id(), "", metric.id(), value, metric.unit(), samples, null, null, false));
        }
    }

    private double[] values(Function<TelemetrySample.Server, @Nullable Double> value) {
        List<Double> values = new ArrayList<>();
        for (TelemetrySample.Server server : said) {
            Double known = value.apply(server);
            if (known != null) {
                values.add(known);
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    /** What a counter went on by; a server that was started anew counts from 0 again. */
    private static double passed(double[] counter) {
        return counter.length < 2 ? Double.NaN : Math.max(0, counter[counter.length - 1] - counter[0]);
    }
}
