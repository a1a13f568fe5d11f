package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement.Verdict;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.SampleRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccuracyJudgeTest {
    private static final double MARGIN = 0.02;
    private static final List<String> SUMS = List.of("sums");

    private static AccuracyJudgement judge(Samples own, Samples baseline) {
        return AccuracyJudge.of(Map.of("sums", own.list()), Map.of("sums", baseline.list()), false, SUMS, MARGIN);
    }

    private static Measurement figure(AccuracyJudgement judgement, String name, String scope) {
        return judgement.figures().stream()
                .filter(figure -> figure.name().equals(name) && figure.scope().equals(scope))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aStudyWithoutTasksClaimsNothing() {
        AccuracyJudgement judgement =
                AccuracyJudge.of(Map.of("sums", Samples.of().right(9).list()), Map.of(), false, List.of(), MARGIN);
        assertThat(judgement).isEqualTo(new AccuracyJudgement(Verdict.NOT_ASKED, List.of(), List.of()));
    }

    @Test
    void missingAccuracyDoesNotPassTheGate() {
        Map<String, List<SampleRecord>> baseline = Map.of(
                "sums",
                Samples.of().right(400).list(),
                "words",
                Samples.of().right(400).list());
        AccuracyJudgement nothing = AccuracyJudge.of(Map.of(), baseline, false, List.of("sums", "words"), MARGIN);
        assertThat(nothing.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(nothing.reasons())
                .containsExactly(
                        Reason.about(Code.ACCURACY_MISSING, "sums"), Reason.about(Code.ACCURACY_MISSING, "words"));
        assertThat(nothing.figures()).isEmpty();
        AccuracyJudgement half = AccuracyJudge.of(
                Map.of("sums", Samples.of().right(400).list(), "words", List.of()),
                baseline,
                false,
                List.of("sums", "words"),
                MARGIN);
        assertThat(half.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(half.reasons()).containsExactly(Reason.about(Code.ACCURACY_MISSING, "words"));
        assertThat(half.figures())
                .isNotEmpty()
                .allMatch(figure -> figure.scope().equals("sums"));
    }

    @Test
    void samplesOfWhichNoneIsTheBaselinesAreNotAComparison() {
        List<SampleRecord> other = Samples.of().right(800).list().subList(400, 800);
        AccuracyJudgement judgement = AccuracyJudge.of(
                Map.of("sums", other), Map.of("sums", Samples.of().right(400).list()), false, SUMS, MARGIN);
        assertThat(judgement.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(judgement.reasons()).containsExactly(Reason.about(Code.ACCURACY_MISSING, "sums"));
    }

    @Test
    void aBaselineThatWasNotEvaluatedDoesNotDisarmTheGate() {
        Map<String, List<SampleRecord>> own =
                Map.of("sums", Samples.of().right(400).list());
        for (boolean isBaseline : new boolean[] {false, true}) {
            AccuracyJudgement judgement =
                    AccuracyJudge.of(isBaseline ? Map.of() : own, Map.of(), isBaseline, SUMS, MARGIN);
            assertThat(judgement.verdict()).isEqualTo(Verdict.MISSING);
            assertThat(judgement.reasons()).containsExactly(Reason.of(Code.BASELINE_NOT_EVALUATED));
        }
    }

    @Test
    void aBaselineWhoseSamplesAllFailedMakesNothingNonInferior() {
        Samples failed = Samples.of().failed(400);
        AccuracyJudgement judgement = judge(Samples.of().wrong(400), failed);
        assertThat(judgement.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(judgement.reasons())
                .containsExactly(new Reason(Code.BASELINE_ANSWERS_FAILED, "sums", 1.0, AccuracyJudge.MOST_FAILED));
        assertThat(judgement.figures()).noneMatch(figure -> figure.name().equals("accuracy_difference"));
        AccuracyJudgement itself = AccuracyJudge.of(Map.of("sums", failed.list()), Map.of(), true, SUMS, MARGIN);
        assertThat(itself.verdict()).isEqualTo(Verdict.MISSING);
    }

    @Test
    void theBaselineMayFailAtFivePercentAndNotMore() {
        assertThat(judge(Samples.of().right(400), Samples.of().right(380).failed(20))
                        .verdict())
                .isEqualTo(Verdict.NON_INFERIOR);
        AccuracyJudgement over =
                judge(Samples.of().right(400), Samples.of().right(379).failed(21));
        assertThat(over.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(over.reasons())
                .containsExactly(Reason.over(Code.BASELINE_ANSWERS_FAILED, 0.0525, AccuracyJudge.MOST_FAILED));
    }

    @Test
    void aTaskAtWhichTheBaselineFailedAltogetherIsNotHiddenByTheOthers() {
        AccuracyJudgement judgement = AccuracyJudge.of(
                Map.of(
                        "sums",
                        Samples.of().right(990).list(),
                        "words",
                        Samples.of().right(10).list()),
                Map.of(
                        "sums",
                        Samples.of().right(990).list(),
                        "words",
                        Samples.of().failed(10).list()),
                false,
                List.of("sums", "words"),
                MARGIN);
        assertThat(judgement.reasons())
                .containsExactly(new Reason(Code.BASELINE_ANSWERS_FAILED, "words", 1.0, AccuracyJudge.MOST_FAILED));
    }

    @Test
    void samplesAtWhichTheBaselineFailedCannotMakeUpForALoss() {
        // 4 % of failures counted as wrong would lift a loss of 6 % of the answers to one of 2 %.
        Samples baseline = Samples.of().right(1920).failed(80);
        AccuracyJudgement judgement = judge(Samples.of().wrong(120).right(1880), baseline);
        assertThat(judgement.verdict()).isEqualTo(Verdict.INFERIOR);
        assertThat(figure(judgement, "accuracy_difference", "").samples()).isEqualTo(1920);
        assertThat(figure(judgement, "flips_to_right", "").value()).isEqualTo(0);
    }

    @Test
    void theBaselineIsTheBaselineAndHasFiguresOfItsOwn() {
        AccuracyJudgement judgement =
                AccuracyJudge.of(Map.of("sums", Samples.of().right(3).wrong(1).list()), Map.of(), true, SUMS, MARGIN);
        assertThat(judgement.verdict()).isEqualTo(Verdict.BASELINE);
        assertThat(figure(judgement, "accuracy", "").value()).isEqualTo(0.75);
        assertThat(judgement.figures()).noneMatch(figure -> figure.name().equals("accuracy_difference"));
    }

    @Test
    void theSameAnswersAreNonInferiorWhenThereAreEnoughOfThem() {
        assertThat(judge(Samples.of().right(400), Samples.of().right(400)).verdict())
                .isEqualTo(Verdict.NON_INFERIOR);
        AccuracyJudgement few = judge(Samples.of().right(50), Samples.of().right(50));
        assertThat(few.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        Reason open = few.reasons().get(0);
        assertThat(open.code()).isEqualTo(Code.ACCURACY_OPEN);
        int needed = open.figure() == null ? 0 : open.figure().intValue();
        assertThat(needed).isGreaterThan(50);
        assertThat(judge(Samples.of().right(needed), Samples.of().right(needed)).verdict())
                .isEqualTo(Verdict.NON_INFERIOR);
    }

    @Test
    void aClearLossIsInferiorAndSaysWhatItIsAtBest() {
        AccuracyJudgement judgement =
                judge(Samples.of().wrong(60).right(340), Samples.of().right(400));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INFERIOR);
        Measurement difference = figure(judgement, "accuracy_difference", "");
        assertThat(difference.value()).isCloseTo(-0.15, within(1e-12));
        assertThat(judgement.reasons())
                .containsExactly(new Reason(Code.ACCURACY_INFERIOR, null, difference.high(), -MARGIN));
    }

    @Test
    void aVariantWithoutAnswersIsInferiorWhateverItsScoresSay() {
        AccuracyJudgement judgement =
                judge(Samples.of().failedButScored(400), Samples.of().right(400));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INFERIOR);
        assertThat(figure(judgement, "accuracy", "").value()).isEqualTo(0);
        assertThat(figure(judgement, "failed_samples", "").value()).isEqualTo(400);
        assertThat(figure(judgement, "accuracy_difference", "").low()).isEqualTo(-1);
    }

    @Test
    void aSubsetIsHeldToTheSameSamplesOfTheBaseline() {
        AccuracyJudgement judgement =
                judge(Samples.of().right(300), Samples.of().right(300).wrong(700));
        assertThat(judgement.verdict()).isEqualTo(Verdict.NON_INFERIOR);
        assertThat(figure(judgement, "accuracy_difference", "").value()).isEqualTo(0);
        assertThat(figure(judgement, "accuracy_difference", "").samples()).isEqualTo(300);
    }

    @Test
    void aLossOnOneTaskIsFoundAmongOthersThatHideIt() {
        Map<String, List<SampleRecord>> own = new LinkedHashMap<>();
        Map<String, List<SampleRecord>> baseline = new LinkedHashMap<>();
        for (String task : List.of("a", "b", "c", "d")) {
            baseline.put(task, Samples.of().right(1000).list());
            own.put(task, Samples.of().right(1000).list());
        }
        own.put("c", Samples.of().wrong(50).right(950).list());
        AccuracyJudgement judgement = AccuracyJudge.of(own, baseline, false, List.of("a", "b", "c", "d"), MARGIN);
        assertThat(figure(judgement, "accuracy_difference", "").low()).isGreaterThan(-MARGIN);
        assertThat(judgement.verdict()).isEqualTo(Verdict.INFERIOR);
        assertThat(judgement.reasons()).singleElement().satisfies(reason -> {
            assertThat(reason.code()).isEqualTo(Code.ACCURACY_INFERIOR);
            assertThat(reason.subject()).isEqualTo("c");
        });
    }

    @Test
    void aLossThatOneOfManyTasksShowsByChanceIsNotClaimed() {
        // Alone, one task with 13 of 200 lost is surely over the margin; as the worst of ten it is to be expected.
        Map<String, List<SampleRecord>> own = new LinkedHashMap<>();
        Map<String, List<SampleRecord>> baseline = new LinkedHashMap<>();
        List<String> tasks = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        for (String task : tasks) {
            baseline.put(task, Samples.of().right(200).list());
            own.put(task, Samples.of().right(200).list());
        }
        own.put("a", Samples.of().wrong(13).right(187).list());
        AccuracyJudgement alone = AccuracyJudge.of(own, baseline, false, List.of("a"), MARGIN);
        assertThat(alone.verdict()).isEqualTo(Verdict.INFERIOR);
        assertThat(AccuracyJudge.of(own, baseline, false, tasks, MARGIN).verdict())
                .isEqualTo(Verdict.NON_INFERIOR);
    }

    @Test
    void tasksThatAreNotPlannedDoNotCount() {
        AccuracyJudgement judgement = AccuracyJudge.of(
                Map.of(
                        "sums",
                        Samples.of().right(400).list(),
                        "old",
                        Samples.of().wrong(400).list()),
                Map.of(
                        "sums",
                        Samples.of().right(400).list(),
                        "old",
                        Samples.of().right(400).list()),
                false,
                SUMS,
                MARGIN);
        assertThat(judgement.verdict()).isEqualTo(Verdict.NON_INFERIOR);
        assertThat(judgement.figures()).noneMatch(figure -> figure.scope().equals("old"));
    }

    @Test
    void lossesThatShareASourceAreLessSure() {
        // 40 of 400 answers lost: clear if each stands for itself, open if they are 2 of 20 texts with 20 questions
        // each.
        assertThat(judge(Samples.of().wrong(40).right(360), Samples.of().right(400))
                        .verdict())
                .isEqualTo(Verdict.INFERIOR);
        AccuracyJudgement shared = judge(
                Samples.sharing(20).wrong(40).right(360), Samples.sharing(20).right(400));
        assertThat(shared.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(shared.reasons().get(0).figure()).isGreaterThan(400);
    }

    @Test
    void aSingleSourceSettlesNothing() {
        assertThat(judge(Samples.sharing(400).right(400), Samples.sharing(400).right(400))
                        .verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judge(Samples.sharing(400).wrong(400), Samples.sharing(400).right(400))
                        .verdict())
                .isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void aMarginInPercentIsRefused() {
        assertThatThrownBy(() -> AccuracyJudge.of(Map.of(), Map.of(), false, SUMS, 2))
                .hasMessageContaining("got: 2.0");
    }
}
