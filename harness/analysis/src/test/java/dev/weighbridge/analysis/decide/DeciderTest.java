package dev.weighbridge.analysis.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.analysis.accuracy.AccuracyJudgement;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Decision.Outcome;
import dev.weighbridge.results.Decision.Verdict;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeciderTest {
    /** What speaks for and against one variant, changed step by step. */
    private static final class Case {
        private final String id;
        private Trial.Status status = Trial.Status.COMPLETED;
        private Code fault = Code.ENGINE_FAILED;
        private AccuracyJudgement accuracy =
                new AccuracyJudgement(AccuracyJudgement.Verdict.NON_INFERIOR, List.of(), List.of());
        private Standing.Objectives objectives = new Standing.Objectives(List.of(), List.of());
        private final Map<Integer, Double> costs = new TreeMap<>();
        private final Map<Integer, Double> steps = new TreeMap<>();
        private final Map<Integer, Double> saturated = new TreeMap<>();
        private @Nullable Double bestCost;
        private @Nullable Reason screened;
        private @Nullable Reason unfinished;

        Case(String id, double... costsByBlock) {
            this.id = id;
            for (double cost : costsByBlock) {
                costs.put(costs.size() + 1, cost);
            }
        }

        Case halfStep(double logarithm) {
            costs.keySet().forEach(block -> steps.put(block, logarithm));
            return this;
        }

        Case saturated(double... tokensByBlock) {
            for (double tokens : tokensByBlock) {
                saturated.put(saturated.size() + 1, tokens);
            }
            return this;
        }

        Case accuracy(AccuracyJudgement.Verdict verdict, Code code) {
            accuracy = new AccuracyJudgement(verdict, List.of(Reason.of(code)), List.of());
            return this;
        }

        Case status(Trial.Status other) {
            status = other;
            return this;
        }

        Case invalid(Code code) {
            status = Trial.Status.INVALID;
            fault = code;
            return this;
        }

        Case missed() {
            objectives = new Standing.Objectives(List.of(Reason.of(Code.GOODPUT_MISSED)), List.of());
            return this;
        }

        Case open() {
            objectives = new Standing.Objectives(List.of(), List.of(Reason.of(Code.GOODPUT_OPEN)));
            return this;
        }

        Case unfinished(@Nullable Double best) {
            unfinished = Reason.of(Code.NOT_MEASURED);
            bestCost = best;
            return this;
        }

        Case screened(Code code) {
            screened = Reason.of(code);
            return this;
        }

        Case bestCost(double bound) {
            bestCost = bound;
            return this;
        }

        Standing standing() {
            double mean = costs.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.NaN);
            Measurement cost = costs.isEmpty()
                    ? null
                    : new Measurement("usd", "", "usd", mean, "USD", costs.size(), mean * 0.9, mean * 1.1, false);
            return new Standing(
                    new Variant(id, "m", "e", "fp32", "none", "none", "cpu", "box"),
                    status,
                    status == Trial.Status.COMPLETED ? List.of() : List.of(Reason.of(fault)),
                    accuracy,
                    objectives,
                    cost,
                    costs,
                    steps,
                    saturated,
                    bestCost,
                    screened,
                    unfinished);
        }
    }

    private static Decision decide(Case... cases) {
        List<Standing> standings =
                new ArrayList<>(Arrays.stream(cases).map(Case::standing).toList());
        Manifest manifest = new Manifest(
                Manifest.SCHEMA_VERSION,
                "study",
                "r1",
                "",
                "",
                "2026-11-24T00:00:00Z",
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                new Manifest.Prices("list", "2026-11-01", "us", Map.of("box", 1.0)),
                "a",
                new Manifest.Objectives(null, null, null, 0.95, 0.02),
                List.of(),
                new Manifest.Plan(List.of(), List.of(), new Manifest.Search(0.05, 6), 3, null, Map.of()));
        return Decider.decide(manifest, standings);
    }

    private static Decision.Candidate candidate(Decision decision, String id) {
        return decision.candidates().stream()
                .filter(c -> c.variant().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Verdict verdict(Decision decision, String id) {
        return candidate(decision, id).verdict();
    }

    @Test
    void theSurelyCheapestIsChosenByBlocksAndNotByOverlapOfIntervals() {
        // The blocks differ by far more than the variants do, but within each block b costs a tenth more.
        Decision decision = decide(new Case("a", 1.0, 1.5, 0.7), new Case("b", 1.101, 1.648, 0.771));
        assertThat(decision.outcome()).isEqualTo(Outcome.DECIDED);
        assertThat(decision.chosen()).isEqualTo("a");
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.DEARER);
        assertThat(candidate(decision, "b").reasons().get(0).figure()).isBetween(1.098, 1.102);
    }

    @Test
    void aDifferenceThatTheBlocksDoNotShareIsATie() {
        Decision decision = decide(new Case("a", 1.0, 1.0, 1.02), new Case("b", 1.1, 0.95, 1.1));
        assertThat(decision.outcome()).isEqualTo(Outcome.TIED);
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.TIED);
    }

    @Test
    void manyCandidatesMakeTheSameDifferenceCountForLess() {
        Case[] two = {new Case("a", 1, 1.01, 0.99), new Case("b", 1.06, 1.05, 1.07)};
        assertThat(verdict(decide(two), "b")).isEqualTo(Verdict.DEARER);
        Case[] many = new Case[12];
        many[0] = two[0];
        for (int i = 1; i < many.length; i++) {
            many[i] = new Case("b" + i, 1.06, 1.05, 1.07);
        }
        assertThat(verdict(decide(many), "b1"))
                .as("Holm over eleven comparisons")
                .isEqualTo(Verdict.TIED);
    }

    @Test
    void aMissingIntervalIsNeverAWin() {
        Decision decision = decide(new Case("a", 1.0), new Case("b", 3.0));
        assertThat(decision.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(decision.chosen()).isNull();
        assertThat(candidate(decision, "b").reasons()).extracting(Reason::code).containsExactly(Code.COST_OPEN);
        assertThat(candidate(decision, "a").reasons()).extracting(Reason::code).containsExactly(Code.LEADING);
    }

    @Test
    void nothingIsDecidedWhileAVariantThatWasNotMeasuredCouldStillWin() {
        Decision open = decide(new Case("a", 1.0, 1.01, 0.99), new Case("b").unfinished(null));
        assertThat(open.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(open.summary()).contains("Still open").contains("b");
        Decision hopeless = decide(new Case("a", 1.0, 1.01, 0.99), new Case("b").unfinished(5.0));
        assertThat(hopeless.outcome()).as("at best it costs five times as much").isEqualTo(Outcome.DECIDED);
    }

    @Test
    void missingAccuracyDoesNotPassTheGate() {
        Decision decision = decide(
                new Case("a", 2.0, 2.01, 1.99),
                new Case("b", 1.0, 1.01, 0.99).accuracy(AccuracyJudgement.Verdict.MISSING, Code.ACCURACY_MISSING));
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(decision.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void aBaselineThatWasNotEvaluatedHoldsUpEveryone() {
        Decision decision = decide(
                new Case("a", 1.0, 1.1, 1.05).accuracy(AccuracyJudgement.Verdict.MISSING, Code.BASELINE_NOT_EVALUATED),
                new Case("b", 2.0, 2.1, 2.05).accuracy(AccuracyJudgement.Verdict.MISSING, Code.BASELINE_NOT_EVALUATED));
        assertThat(decision.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(decision.chosen()).isNull();
    }

    @Test
    void theCheapestIsPassedOverWhenItIsInferiorOrMissesAnObjective() {
        Decision decision = decide(
                new Case("a", 3.0, 3.01, 2.99),
                new Case("b", 1.0, 1.01, 0.99).accuracy(AccuracyJudgement.Verdict.INFERIOR, Code.ACCURACY_INFERIOR),
                new Case("c", 1.0, 1.01, 0.99).missed());
        assertThat(decision.outcome()).isEqualTo(Outcome.DECIDED);
        assertThat(decision.chosen()).isEqualTo("a");
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.DISQUALIFIED);
        assertThat(verdict(decision, "c")).isEqualTo(Verdict.DISQUALIFIED);
    }

    @Test
    void anObjectiveThatIsOpenIsNeitherMetNorMissed() {
        Decision decision = decide(new Case("a", 1.0, 1.01, 0.99).open());
        assertThat(verdict(decision, "a")).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void noneQualifiesWhenAllAreOut() {
        Decision decision = decide(new Case("a", 1.0).missed(), new Case("b").status(Trial.Status.FAILED));
        assertThat(decision.outcome()).isEqualTo(Outcome.NONE_QUALIFIES);
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.NOT_RANKED);
    }

    @Test
    void aVariantTooFastForTheClientIsOpenAndMayYetBeTheCheapest() {
        Decision decision = decide(new Case("a", 1.0, 1.01, 0.99), new Case("b").invalid(Code.CLIENT_CEILING_EVENTS));
        assertThat(decision.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(candidate(decision, "b").reasons())
                .extracting(Reason::code)
                .containsExactly(Code.CLIENT_CEILING_EVENTS);
    }

    @Test
    void aVariantThatIsInvalidByWhatItAnswersIsOut() {
        Decision decision = decide(new Case("a", 1.0, 1.01, 0.99), new Case("b").invalid(Code.EMPTY_ANSWERS));
        assertThat(decision.outcome()).isEqualTo(Outcome.DECIDED);
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.NOT_RANKED);
    }

    @Test
    void aDisturbedVariantIsOpenAndNotOut() {
        Decision decision = decide(
                new Case("a", 1.0, 1.01, 0.99),
                new Case("b").status(Trial.Status.DISTURBED).unfinished(0.5));
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(decision.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }

    @Test
    void screenedVariantsDoNotHoldUpTheDecision() {
        Decision decision = decide(
                new Case("a", 1.0, 1.01, 0.99),
                new Case("b").screened(Code.SCREENED_COST),
                new Case("c").screened(Code.SCREENED_ACCURACY));
        assertThat(decision.outcome()).isEqualTo(Outcome.DECIDED);
        assertThat(verdict(decision, "b")).isEqualTo(Verdict.SCREENED);
        assertThat(verdict(decision, "c")).isEqualTo(Verdict.DISQUALIFIED);
    }

    @Test
    void whoWasScreenedAndCouldStillBeCheapestByTheRunsOwnNoiseKeepsTheDecisionOpen() {
        Case leader = new Case("a", 1.0, 1.01, 0.99);
        Decision far = decide(leader, new Case("b").screened(Code.SCREENED_COST).bestCost(1.2));
        assertThat(far.outcome()).isEqualTo(Outcome.DECIDED);
        Decision near =
                decide(leader, new Case("b").screened(Code.SCREENED_COST).bestCost(1.05));
        assertThat(near.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
        assertThat(candidate(near, "b").reasons()).extracting(Reason::code).containsExactly(Code.SCREENING_OPEN);
    }

    @Test
    void whatLiesWithinTheStepsOfTheSearchIsNoDifference() {
        // Seen of one engine under two names: searches that took the same steps from guesses 0.7 % apart.
        Decision equal = decide(
                new Case("a", 1.000, 1.100, 0.900).halfStep(0.045),
                new Case("b", 1.007, 1.103, 0.9057).halfStep(0.045));
        assertThat(equal.outcome()).isEqualTo(Outcome.TIED);
        assertThat(candidate(equal, "b").reasons().get(0).subject()).isEqualTo("95 % interval [0.943, 1.071]");

        Decision slower = decide(
                new Case("a", 1.000, 1.100, 0.900).halfStep(0.045),
                new Case("b", 1.107, 1.213, 0.9957).halfStep(0.045));
        assertThat(slower.outcome()).isEqualTo(Outcome.DECIDED);
        assertThat(verdict(slower, "b")).isEqualTo(Verdict.DEARER);
    }

    @Test
    void ofVariantsThatAreTiedInCostASureDifferenceInSaturationIsSaid() {
        Decision decision = decide(
                new Case("a", 1.0, 1.2, 0.9).saturated(100, 120, 90),
                new Case("slower", 1.1, 1.1, 1.1).saturated(91, 108, 81),
                new Case("alike", 1.2, 1.1, 0.95).saturated(103, 117, 91),
                new Case("unseen", 1.1, 1.0, 1.2));

        assertThat(decision.outcome()).isEqualTo(Outcome.TIED);
        assertThat(candidate(decision, "slower").reasons())
                .extracting(Reason::code)
                .containsExactly(Code.COST_TIED, Code.SATURATED_THROUGHPUT_DIFFERS);
        Reason slower = candidate(decision, "slower").reasons().get(1);
        assertThat(slower.figure()).isCloseTo(0.9033, within(1e-4));
        assertThat(slower.subject()).isEqualTo("95 % interval [0.889, 0.918]");
        assertThat(candidate(decision, "alike").reasons())
                .extracting(Reason::code)
                .containsExactly(Code.COST_TIED);
        assertThat(candidate(decision, "unseen").reasons())
                .extracting(Reason::code)
                .containsExactly(Code.COST_TIED);
    }
}
