package dev.weighbridge.core.judging;

import dev.weighbridge.analysis.accuracy.PairedScores;
import dev.weighbridge.results.JudgedTask;
import dev.weighbridge.results.JudgedTask.Standing;
import dev.weighbridge.results.JudgementRecord.Question;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.scoring.judge.WinRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Figures of variants whose answers were graded from 1 to 10, each alone. */
final class GradeFigures {
    private static final double MIDDLE_GRADE = 5.5;
    private static final double LARGEST_GRADE_DIFFERENCE = 9;

    private GradeFigures() {}

    static List<Standing> of(List<JudgedSamples> variants, String baseline) {
        Map<Question, Double> before = new HashMap<>();
        for (JudgedSamples judged : variants) {
            if (judged.variant().equals(baseline)) {
                judged.samples()
                        .forEach(sample -> sample.grade().ifPresent(grade -> before.put(sample.about(), grade)));
            }
        }
        List<Standing> standings = new ArrayList<>();
        for (JudgedSamples judged : variants) {
            List<Measurement> figures = new ArrayList<>();
            grade(judged).ifPresent(figures::add);
            Optional<Measurement> difference =
                    judged.variant().equals(baseline) ? Optional.empty() : difference(judged, before, baseline);
            difference.ifPresent(figures::add);
            judged.unreadable().ifPresent(figures::add);
            standings.add(new Standing(
                    judged.variant(),
                    difference.isPresent() ? baseline : null,
                    judged.counts(WinRate.of(List.of()), 0),
                    figures));
        }
        return standings;
    }

    private static Optional<Measurement> grade(JudgedSamples judged) {
        List<JudgedSamples.Sample> graded = judged.samples().stream()
                .filter(sample -> sample.grade().isPresent())
                .toList();
        double[] grades = graded.stream()
                .mapToDouble(sample -> sample.grade().getAsDouble())
                .toArray();
        double[] middle = new double[grades.length];
        Arrays.fill(middle, MIDDLE_GRADE);
        return mean(
                JudgedTask.GRADE,
                grades,
                middle,
                graded.stream().map(JudgedSamples.Sample::cluster).toList(),
                MIDDLE_GRADE,
                LARGEST_GRADE_DIFFERENCE / 2);
    }

    private static Optional<Measurement> difference(
            JudgedSamples judged, Map<Question, Double> before, String baseline) {
        List<double[]> pairs = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        for (JudgedSamples.Sample sample : judged.samples()) {
            Question about = sample.about();
            Double theirs = before.get(new Question(
                    baseline,
                    about.baseline(),
                    about.docId(),
                    about.id(),
                    about.docHash(),
                    about.cluster(),
                    about.order(),
                    about.promptHash(),
                    about.repeat()));
            if (theirs != null && sample.grade().isPresent()) {
                pairs.add(new double[] {sample.grade().getAsDouble(), theirs});
                sources.add(sample.cluster());
            }
        }
        return mean(
                JudgedTask.GRADE_DIFFERENCE,
                pairs.stream().mapToDouble(pair -> pair[0]).toArray(),
                pairs.stream().mapToDouble(pair -> pair[1]).toArray(),
                sources,
                0,
                LARGEST_GRADE_DIFFERENCE);
    }

    private static Optional<Measurement> mean(
            String name, double[] ours, double[] theirs, List<String> sources, double shift, double range) {
        if (ours.length == 0) {
            return Optional.empty();
        }
        PairedScores scores = PairedScores.of(ours, theirs, sources, range);
        Double low = scores.low();
        Double high = scores.high();
        return Optional.of(new Measurement(
                name,
                "",
                name,
                shift + scores.difference(),
                "",
                ours.length,
                low == null || high == null ? null : Double.valueOf(shift + low),
                low == null || high == null ? null : Double.valueOf(shift + high),
                ours.length < ClusteredShare.FEW));
    }
}
