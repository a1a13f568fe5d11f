package dev.weighbridge.analysis.load;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.results.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Output tokens as our tokenizer counts them, and how far the server's own counts are from that. */
final class TokenCounts {
    private long answers;
    private long tokens;
    private long compared;
    private long usage;
    private long apart;

    /** Takes in a completed request; one that no tokenizer counted adds nothing. */
    void add(RequestTiming request) {
        Integer counted = request.countedTokens();
        if (counted == null) {
            return;
        }
        answers++;
        tokens += counted;
        if (request.outputTokens() >= 0) {
            compared++;
            usage += request.outputTokens();
            apart += Math.abs(request.outputTokens() - counted);
        }
    }

    /** Tokens by which the two counts differ, over those that the servers counted; empty where there are not both. */
    OptionalDouble deviation() {
        return usage == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) apart / usage);
    }

    List<Measurement> measurements() {
        List<Measurement> figures = new ArrayList<>();
        if (answers > 0) {
            figures.add(figure(Metric.COUNTED_TOKENS_MEAN, (double) tokens / answers, "tokens", answers));
        }
        deviation().ifPresent(share -> figures.add(figure(Metric.USAGE_DEVIATION, share, "1", compared)));
        return figures;
    }

    private static Measurement figure(Metric metric, double value, String unit, long samples) {
        return new Measurement(metric.id(), "", metric.id(), value, unit, samples, null, null, false);
    }
}
