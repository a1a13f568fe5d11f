package dev.weighbridge.core.evaluation;

import dev.weighbridge.analysis.accuracy.Calibration;
import dev.weighbridge.analysis.accuracy.CalibrationBins;
import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.BootstrapInterval;
import dev.weighbridge.analysis.statistics.ClusteredMean;
import dev.weighbridge.analysis.statistics.Proportion;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.SampleRecord;
import dev.weighbridge.scoring.Aggregation;
import dev.weighbridge.scoring.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Figures of each score of a task, with their 95 % intervals: clustered for means, Wilson's for shares of samples, Student's for
 * differences of pairs, else a bootstrap of whole clusters. A sample that failed counts 0 in a score that is a share, and is left out of
 * the others.
 */
final class ScoreFigures {
    private static final int DRAWS = 2000;
    private static final long SEED = 20261127;
    private static final int FEW = 30;

    /** Under so many answers HELM calls an expected calibration error unreliable. */
    private static final int FEW_TO_CALIBRATE = 300;

    private static final double COVERAGE = 0.1;
    private static final String CONFIDENCE = "confidence";
    private static final String RIGHT = "acc";

    private final List<Score> scores;
    private final Map<String, List<double[]>> vectors = new LinkedHashMap<>();
    private final Map<String, List<String>> sources = new LinkedHashMap<>();
    private final List<Confident> confidences = new ArrayList<>();

    /** An answer with how sure the model was of it. */
    private record Confident(double confidence, boolean right, String source) {}

    ScoreFigures(List<Score> scores) {
        this.scores = scores;
    }

    /** Takes in a sample; only its numbers are held. */
    void add(SampleRecord sample) {
        String source = String.valueOf(sample.doc().getOrDefault("cluster", sample.docHash()));
        double[] confidence = sample.vector(CONFIDENCE);
        double[] right = sample.vector(RIGHT);
        if (confidence != null && right != null) {
            confidences.add(new Confident(confidence[0], right[0] > 0, source));
        }
        for (Score score : scores) {
            double[] vector = sample.vector(score.id());
            if (vector == null && score.share()) {
                vector = new double[] {0, 1};
            }
            if (vector != null) {
                vectors.computeIfAbsent(score.id(), id -> new ArrayList<>()).add(vector);
                sources.computeIfAbsent(score.id(), id -> new ArrayList<>()).add(source);
            }
        }
    }

    /** The figures of a task; a score that no sample has is left out. */
    List<Measurement> measurements(String task) {
        List<Measurement> figures = new ArrayList<>();
        for (Score score : scores) {
            List<double[]> own = vectors.getOrDefault(score.id(), List.of());
            if (!own.isEmpty()) {
                Measurement figure = figure(task, score, own, sources.getOrDefault(score.id(), List.of()));
                if (figure != null) {
                    figures.add(figure);
                }
            }
        }
        if (!confidences.isEmpty()) {
            figures.addAll(calibration(task));
        }
        return figures;
    }

    /** Calibration by bins of equal mass, and the accuracy of the tenth of the answers that the model was surest of. */
    private List<Measurement> calibration(String task) {
        double[] sure = confidences.stream().mapToDouble(Confident::confidence).toArray();
        boolean[] right = new boolean[sure.length];
        double[][] rows = new double[sure.length][];
        CalibrationBins bins = CalibrationBins.equalMass(sure, Calibration.BINS);
        for (int i = 0; i < right.length; i++) {
            right[i] = confidences.get(i).right();
            rows[i] = bins.row(sure[i], right[i]);
        }
        List<String> from = confidences.stream().map(Confident::source).toList();
        BootstrapInterval interval = Bootstrap.of(rows, from, CalibrationBins::expectedError, DRAWS, SEED)
                .percentile();
        Calibration calibration = Calibration.of(sure, right);
        boolean few = sure.length < FEW_TO_CALIBRATE;
        return List.of(
                new Measurement(
                        "score",
                        task + "/ece_equal_mass",
                        "score",
                        calibration.expectedError(),
                        "1",
                        sure.length,
                        interval.low() == null || interval.high() == null ? null : interval.low(),
                        interval.low() == null || interval.high() == null ? null : interval.high(),
                        few),
                new Measurement(
                        "score",
                        task + "/selective_accuracy_10",
                        "score",
                        calibration.selectiveAccuracy(COVERAGE),
                        "1",
                        sure.length,
                        null,
                        null,
                        few));
    }

    /** Within 0 and 1; where each answer is right or wrong, never narrower than Wilson's, which knows that all right is not certainty. */
    private static double[] ofShare(double[] values, double[] interval) {
        double low = Math.max(0, interval[0]);
        double high = Math.min(1, interval[1]);
        if (Arrays.stream(values).allMatch(value -> value == 0 || value == 1)) {
            long right = Arrays.stream(values).filter(value -> value == 1).count();
            Measurement wilson = Proportion.measurement("score", "", right, values.length);
            if (wilson.low() != null && wilson.high() != null) {
                low = Math.min(low, wilson.low());
                high = Math.max(high, wilson.high());
            }
        }
        return new double[] {low, high};
    }

    /** A share of the samples that it is asked of; where some share a source, never narrower than the clustered interval. */
    private static @Nullable Measurement share(String task, Score score, List<double[]> vectors, List<String> sources) {
        List<Double> values = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (int i = 0; i < vectors.size(); i++) {
            if (vectors.get(i)[1] > 0) {
                values.add(vectors.get(i)[0] / vectors.get(i)[1]);
                from.add(sources.get(i));
            }
        }
        if (values.isEmpty()) {
            return null;
        }
        double[] asked = values.stream().mapToDouble(Double::doubleValue).toArray();
        ClusteredMean mean = ClusteredMean.of(asked, from);
        boolean single = Set.copyOf(from).size() == from.size();
        boolean decided = Arrays.stream(asked).allMatch(value -> value == 0 || value == 1);
        double half = single && decided ? 0 : mean.half();
        double[] interval = ofShare(asked, new double[] {mean.mean() - half, mean.mean() + half});
        return measurement(task, score, mean.mean(), interval, asked.length);
    }

    /** The mean of the differences of the sources that have both sides; {@code null} where none has. */
    private static @Nullable Measurement paired(
            String task, Score score, List<double[]> vectors, List<String> sources) {
        Map<String, double[]> bySource = new LinkedHashMap<>();
        for (int i = 0; i < vectors.size(); i++) {
            double[] sums = bySource.computeIfAbsent(sources.get(i), source -> new double[4]);
            for (int j = 0; j < sums.length; j++) {
                sums[j] += vectors.get(i)[j];
            }
        }
        bySource.values().removeIf(sums -> sums[1] == 0 || sums[3] == 0);
        if (bySource.isEmpty()) {
            return null;
        }
        double[] differences =
                bySource.values().stream().mapToDouble(score.aggregation()::of).toArray();
        ClusteredMean mean = ClusteredMean.of(differences, List.copyOf(bySource.keySet()));
        double[] interval = {mean.mean() - mean.half(), mean.mean() + mean.half()};
        return measurement(task, score, mean.mean(), interval, differences.length);
    }

    private static @Nullable Measurement figure(
            String task, Score score, List<double[]> vectors, List<String> sources) {
        if (score.aggregation().id().equals(Aggregation.SHARE.id())) {
            return share(task, score, vectors, sources);
        }
        if (score.aggregation().id().equals(Aggregation.PAIRED_DIFFERENCE.id())) {
            return paired(task, score, vectors, sources);
        }
        double value;
        double[] interval;
        if (score.aggregation().id().equals("mean")) {
            double[] values = vectors.stream().mapToDouble(v -> v[0] / v[1]).toArray();
            ClusteredMean mean = ClusteredMean.of(values, sources);
            value = mean.mean();
            interval = new double[] {value - mean.half(), value + mean.half()};
            if (score.share()) {
                interval = ofShare(values, interval);
            }
        } else {
            BootstrapInterval bootstrap = Bootstrap.of(
                            vectors.toArray(double[][]::new),
                            sources,
                            score.aggregation().value(),
                            DRAWS,
                            SEED)
                    .percentile();
            value = bootstrap.estimate();
            Double low = bootstrap.low();
            Double high = bootstrap.high();
            interval = low == null || high == null ? new double[] {Double.NaN, Double.NaN} : new double[] {low, high};
        }
        return Double.isFinite(value) ? measurement(task, score, value, interval, vectors.size()) : null;
    }

    private static Measurement measurement(String task, Score score, double value, double[] interval, int samples) {
        boolean bounded = Double.isFinite(interval[0]) && Double.isFinite(interval[1]);
        return new Measurement(
                "score",
                task + "/" + score.id(),
                "score",
                value,
                "1",
                samples,
                bounded ? interval[0] : null,
                bounded ? interval[1] : null,
                samples < FEW);
    }
}
