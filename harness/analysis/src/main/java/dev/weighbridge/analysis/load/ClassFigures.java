package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.List;

/** Figures of one class of a mixed load, over the steady window. */
final class ClassFigures {
    private final LatencyDistribution ttft = new LatencyDistribution("ttft");
    private final LatencyDistribution tpot = new LatencyDistribution("tpot");
    private final LatencyDistribution e2e = new LatencyDistribution("e2e");
    private long requests;
    private long good;
    private long failed;

    /** Takes in one request of the class whose client waited for its end. */
    void add(RequestTiming request, boolean wasGood) {
        requests++;
        good += wasGood ? 1 : 0;
        if (!RequestLatency.completed(request)) {
            failed++;
            return;
        }
        ttft.add(RequestLatency.ttft(request));
        e2e.add(RequestLatency.e2e(request));
        RequestLatency.tpot(request).ifPresent(nanos -> tpot.add(Math.round(nanos)));
    }

    List<Measurement> measurements(String name, Window window) {
        String scope = Metric.classScope(name);
        List<Measurement> figures = new ArrayList<>();
        figures.addAll(ttft.measurements(scope));
        figures.addAll(tpot.measurements(scope));
        figures.addAll(e2e.measurements(scope));
        figures.add(new Measurement(
                "offered_rate",
                scope,
                "offered_rate",
                requests / window.seconds(),
                "requests/s",
                requests,
                null,
                null,
                false));
        if (requests > 0) {
            figures.add(Proportion.measurement("goodput", scope, good, requests));
            figures.add(Proportion.measurement("failed_share", scope, failed, requests));
        }
        return figures;
    }
}
