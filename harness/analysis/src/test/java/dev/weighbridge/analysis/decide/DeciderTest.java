package dev.weighbridge.analysis.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.RunSummary;
import dev.weighbridge.analysis.VariantSummary;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Decision.Verdict;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private final List<VariantSummary> rows = new ArrayList<>();

    private static Measurement measurement(String name, double value, double half, long n) {
        return new Measurement(name, "", name, value, "1", n, value - half, value + half, false);
    }

    private void row(
            String id, Trial.Status status, double usd, double usdHalf, double goodput, double lost, double lostHalf) {
        Map<String, Measurement> figures = new HashMap<>();
        figures.put("usd_per_1m_output_tokens", measurement("usd_per_1m_output_tokens", usd, usdHalf, 100));
        figures.put("goodput", measurement("goodput", goodput, 0.01, 100));
        figures.put("accuracy", measurement("accuracy", 0.9 - lost, 0.02, 400));
        if (!id.equals("base")) {
            figures.put("accuracy_difference", measurement("accuracy_difference", -lost, lostHalf, 400));
        }
        Variant variant = new Variant(id, "m", "e", "fp32", "none", "none", "cpu", "box");
        List<String> reasons = status == Trial.Status.COMPLETED ? List.of() : List.of("chat: broke");
        rows.add(new VariantSummary(variant, status, reasons, figures));
    }

    private void good(String id, double usd, double usdHalf) {
        row(id, Trial.Status.COMPLETED, usd, usdHalf, 1, 0, 0.005);
    }

    private Decision decide() {
        Manifest manifest = new Manifest(
                1,
                "study",
                "run",
                "",
                "",
                "",
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                new Manifest.Prices("list", "2026-11-01", "us", Map.of("box", 1.0)),
                "base",
                new Manifest.Objectives(100.0, null, null, 0.95, 0.02),
                rows.stream().map(VariantSummary::variant).toList());
        return Decider.decide(new RunSummary(manifest, rows));
    }

    private static Verdict verdict(Decision decision, String id) {
        return candidate(decision, id).verdict();
    }

    private static Decision.Candidate candidate(Decision decision, String id) {
        return decision.candidates().stream()
                .filter(c -> c.variant().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theCheapestVariantThatQualifiesIsChosen() {
        good("base", 3, 0.1);
        good("cheap", 1, 0.1);
        Decision decision = decide();
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.DECIDED);
        assertThat(decision.chosen()).isEqualTo("cheap");
        assertThat(verdict(decision, "base")).isEqualTo(Verdict.DEARER);
        assertThat(candidate(decision, "base").reasons())
                .singleElement()
                .asString()
                .contains("3.00 times");
        assertThat(decision.candidates().get(0).variant()).as("best first").isEqualTo("cheap");
    }

    @Test
    void aVariantWhoseCostIntervalOverlapsIsTied() {
        good("base", 1.1, 0.2);
        good("cheap", 1, 0.2);
        Decision decision = decide();
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.TIED);
        assertThat(verdict(decision, "base")).isEqualTo(Verdict.TIED);
        assertThat(decision.summary()).contains("1 other variant is inside its interval");
    }

    @Test
    void aCheaperVariantThatLosesAccuracyIsDisqualifiedWithItsFigures() {
        good("base", 3, 0.1);
        row("int4", Trial.Status.COMPLETED, 1, 0.1, 1, 0.18, 0.03);
        Decision decision = decide();
        assertThat(decision.chosen()).isEqualTo("base");
        assertThat(verdict(decision, "int4")).isEqualTo(Verdict.DISQUALIFIED);
        assertThat(candidate(decision, "int4").reasons())
                .singleElement()
                .asString()
                .contains("-18.0 points", "margin 2.0", "inferior");
    }

    @Test
    void anOpenAccuracyIsNotHeldToBeGoodEnough() {
        row("other", Trial.Status.COMPLETED, 1, 0.1, 1, 0.01, 0.03);
        Decision decision = decide();
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.INCONCLUSIVE);
        assertThat(decision.chosen()).isNull();
        assertThat(candidate(decision, "other").reasons())
                .singleElement()
                .asString()
                .contains("samples would settle it");
    }

    @Test
    void missedGoodputDisqualifies() {
        row("base", Trial.Status.COMPLETED, 1, 0.1, 0.9, 0, 0);
        Decision decision = decide();
        assertThat(decision.outcome()).isEqualTo(Decision.Outcome.NONE_QUALIFIES);
        assertThat(candidate(decision, "base").reasons())
                .singleElement()
                .asString()
                .contains("goodput 90.0 % is under 95.0 %");
    }

    @Test
    void invalidAndFailedVariantsAreNeverRankedHoweverCheap() {
        good("base", 3, 0.1);
        row("invalid", Trial.Status.INVALID, 0.1, 0.01, 1, 0, 0.005);
        row("failed", Trial.Status.FAILED, 0.1, 0.01, 1, 0, 0.005);
        Decision decision = decide();
        assertThat(decision.chosen()).isEqualTo("base");
        assertThat(verdict(decision, "invalid")).isEqualTo(Verdict.NOT_RANKED);
        assertThat(candidate(decision, "failed").reasons()).containsExactly("chat: broke");
    }
}
