package dev.weighbridge.core.judging;

import dev.weighbridge.analysis.accuracy.PairedScores;
import dev.weighbridge.analysis.statistics.Bootstrap;
import dev.weighbridge.analysis.statistics.BootstrapInterval;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Standing;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.scoring.judge.Agreement;
import dev.weighbridge.scoring.judge.PairJudgement;
import dev.weighbridge.scoring.judge.Verdict;
import dev.weighbridge.scoring.judge.WinRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a variant that was held against a baseline. Identical answers are ties, which no judge was asked about: they count in the
 * win rate and in the agreement with people, and in no figure of how the judge judges.
 */
final class PairFigures {
    private static final int DRAWS = 2000;
    private static final long SEED = 20261128;
    private static final List<Verdict> VERDICTS = List.of(Verdict.values());

    private final @Nullable HumanLabels labels;

    PairFigures(@Nullable HumanLabels labels) {
        this.labels = labels;
    }

    Standing of(JudgedSamples judged) {
        List<PairJudgement> all = new ArrayList<>();
        List<PairJudgement> asked = new ArrayList<>();
        List<Double> wins = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        ClusteredShare inconsistent = new ClusteredShare();
        ClusteredShare firstPlace = new ClusteredShare();
        for (JudgedSamples.Sample sample : judged.samples()) {
            sample.pair().ifPresent(pair -> {
                asked.add(pair);
                if (pair.readable()) {
                    inconsistent.add(pair.inconsistent(), sample.cluster());
                }
                Stream.of(pair.straight(), pair.swapped())
                        .flatMap(Optional::stream)
                        .filter(verdict -> verdict != Verdict.TIE)
                        .forEach(verdict -> firstPlace.add(verdict == Verdict.FIRST, sample.cluster()));
            });
            sample.verdict().ifPresent(verdict -> {
                all.add(new PairJudgement(Optional.of(verdict), Optional.of(verdict.swapped())));
                wins.add(verdict == Verdict.FIRST ? 1 : verdict == Verdict.TIE ? 0.5 : 0);
                sources.add(sample.cluster());
            });
        }
        WinRate rate = WinRate.of(all);
        List<Measurement> figures = new ArrayList<>();
        // Where no reply about answers that differ can be read, those that are the same say nothing of who wins.
        if (asked.isEmpty() || asked.stream().anyMatch(PairJudgement::readable)) {
            winRate(wins, sources).ifPresent(figures::add);
        }
        inconsistent.measurement(JudgedTask.INCONSISTENT).ifPresent(figures::add);
        firstPlace.measurement(JudgedTask.FIRST_PLACE).ifPresent(figures::add);
        judged.unreadable().ifPresent(figures::add);
        figures.addAll(agreement(judged));
        return new Standing(
                judged.variant(),
                judged.baseline(),
                judged.counts(rate, WinRate.of(asked).inconsistent()),
                figures);
    }

    /**
     * A win counts 1, a tie ½: the mean of a variant's less the baseline's, 1 − it, lies between −1 and 1, and half of it lies as far from
     * ½ as the win rate does.
     */
    private static Optional<Measurement> winRate(List<Double> wins, List<String> sources) {
        if (wins.isEmpty()) {
            return Optional.empty();
        }
        double[] ours = wins.stream().mapToDouble(Double::doubleValue).toArray();
        double[] theirs = Arrays.stream(ours).map(win -> 1 - win).toArray();
        PairedScores scores = PairedScores.of(ours, theirs, sources, 1);
        Double low = scores.low();
        Double high = scores.high();
        return Optional.of(new Measurement(
                JudgedTask.WIN_RATE,
                "",
                JudgedTask.WIN_RATE,
                (1 + scores.difference()) / 2,
                "1",
                ours.length,
                low == null || high == null ? null : Double.valueOf((1 + low) / 2),
                low == null || high == null ? null : Double.valueOf((1 + high) / 2),
                ours.length < ClusteredShare.FEW));
    }

    private List<Measurement> agreement(JudgedSamples judged) {
        if (labels == null) {
            return List.of();
        }
        ClusteredShare same = new ClusteredShare();
        List<double[]> rows = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        for (JudgedSamples.Sample sample : judged.samples()) {
            sample.verdict().ifPresent(verdict -> {
                for (Verdict people : labels.of(sample.about())) {
                    same.add(people == verdict, sample.cluster());
                    double[] row = new double[VERDICTS.size() * VERDICTS.size()];
                    row[cell(people, verdict)] = 1;
                    rows.add(row);
                    sources.add(sample.cluster());
                }
            });
        }
        List<Measurement> figures = new ArrayList<>();
        same.measurement(JudgedTask.AGREEMENT).ifPresent(figures::add);
        if (!rows.isEmpty()) {
            kappa(rows, sources).ifPresent(figures::add);
        }
        return figures;
    }

    private static Optional<Measurement> kappa(List<double[]> rows, List<String> sources) {
        BootstrapInterval interval = Bootstrap.of(
                        rows.toArray(double[][]::new),
                        sources,
                        sums -> table(sums).kappa(),
                        DRAWS,
                        SEED)
                .percentile();
        if (!Double.isFinite(interval.estimate())) {
            return Optional.empty();
        }
        Double low = interval.low();
        Double high = interval.high();
        return Optional.of(new Measurement(
                JudgedTask.KAPPA,
                "",
                JudgedTask.KAPPA,
                interval.estimate(),
                "",
                rows.size(),
                low == null || high == null ? null : low,
                low == null || high == null ? null : high,
                rows.size() < ClusteredShare.FEW));
    }

    private static int cell(Verdict people, Verdict judge) {
        return VERDICTS.indexOf(people) * VERDICTS.size() + VERDICTS.indexOf(judge);
    }

    private static Agreement table(double[] sums) {
        Map<Verdict, Map<Verdict, Long>> counts = new EnumMap<>(Verdict.class);
        for (Verdict people : VERDICTS) {
            Map<Verdict, Long> row = new EnumMap<>(Verdict.class);
            for (Verdict judge : VERDICTS) {
                row.put(judge, Math.round(sums[cell(people, judge)]));
            }
            counts.put(people, row);
        }
        return new Agreement(counts);
    }
}
