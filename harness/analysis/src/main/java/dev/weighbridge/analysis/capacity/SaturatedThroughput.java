package dev.weighbridge.analysis.capacity;

import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.statistics.descriptive.Median;

/**
 * What a variant served while more was asked of it than it could do: {@code output_tokens_per_s} of those probes of its capacity
 * search that completed less than was offered.
 *
 * <p>It costs no load of its own, and depends neither on the steps of the search nor on the luck of the arrivals, which is why
 * it tells apart what two capacities cannot. It is no capacity: objectives do not enter into it.
 */
public final class SaturatedThroughput {
    private SaturatedThroughput() {}

    /**
     * Output tokens a second by block, each the median of the block's saturated probes.
     *
     * @param trials of one variant that count; those of other workloads are passed over
     * @return by number of the repeat; a block without a saturated probe is absent
     */
    public static Map<Integer, Double> byBlock(List<Trial> trials) {
        Map<Integer, List<Double>> rates = new TreeMap<>();
        for (Trial trial : trials) {
            if (trial.workload().kind() == Workload.Kind.CAPACITY
                    && trial.status().counts()
                    && saturated(trial)) {
                trial.measurement("output_tokens_per_s")
                        .map(Measurement::value)
                        .filter(rate -> rate > 0)
                        .ifPresent(rate -> rates.computeIfAbsent(trial.repeat(), block -> new ArrayList<>())
                                .add(rate));
            }
        }
        Map<Integer, Double> medians = new TreeMap<>();
        rates.forEach((block, values) -> medians.put(
                block,
                Median.withDefaults()
                        .evaluate(
                                values.stream().mapToDouble(Double::doubleValue).toArray())));
        return medians;
    }

    private static boolean saturated(Trial trial) {
        double offered = value(trial, "offered_rate");
        return offered > 0 && value(trial, "achieved_rate") < LoadJudgement.LEAST_ACHIEVED_SHARE * offered;
    }

    private static double value(Trial trial, String figure) {
        return trial.measurement(figure).map(Measurement::value).orElse(Double.NaN);
    }
}
