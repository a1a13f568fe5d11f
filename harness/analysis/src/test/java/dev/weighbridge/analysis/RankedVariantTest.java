package dev.weighbridge.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.analysis.text.VariantNames;
import dev.weighbridge.results.Decision;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Trial;
import dev.weighbridge.results.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RankedVariantTest {
    private static final Manifest.Objectives OBJECTIVES = new Manifest.Objectives(null, null, null, 0.99, 0.02);

    private static Variant variant(String id) {
        return new Variant(id, "m", "e-" + id, "fp32", "none", "none", "cpu", "box");
    }

    private static VariantSummary row(String id, Trial.Status status, double cost, double difference) {
        return new VariantSummary(
                variant(id),
                status,
                status == Trial.Status.COMPLETED ? List.of() : List.of("reason"),
                Map.of(
                        "usd_per_1m_output_tokens",
                        new Measurement("usd", "", "usd", cost, "USD", 1, null, null, false),
                        "accuracy_difference",
                        new Measurement(
                                "d", "", "d", difference, "1", 1, difference - 0.01, difference + 0.01, false)));
    }

    private static RunSummary summary(VariantSummary... rows) {
        Manifest manifest = new Manifest(
                1,
                "s",
                "r",
                "00",
                "",
                "2026-01-01T00:00:00Z",
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                new Manifest.Prices("l", "2026-01-01", "us", Map.of()),
                "base",
                OBJECTIVES,
                Stream.of(rows).map(VariantSummary::variant).toList());
        return new RunSummary(manifest, List.of(rows));
    }

    private static Optional<Decision> decision(Object... idsAndVerdicts) {
        List<Decision.Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < idsAndVerdicts.length; i += 2) {
            candidates.add(new Decision.Candidate(
                    (String) idsAndVerdicts[i], (Decision.Verdict) idsAndVerdicts[i + 1], List.of("reason"), null));
        }
        return Optional.of(new Decision(
                1, "s", "r", Decision.Outcome.TIED, (String) idsAndVerdicts[0], "", OBJECTIVES, "l", "d", candidates));
    }

    @Test
    void tiesShareTheFirstPlaceAndTheNextIsThird() {
        List<RankedVariant> rows = RankedVariant.of(
                summary(
                        row("base", Trial.Status.COMPLETED, 3, 0),
                        row("b", Trial.Status.COMPLETED, 2, 0),
                        row("a", Trial.Status.COMPLETED, 1, 0)),
                decision("a", Decision.Verdict.CHOSEN, "b", Decision.Verdict.TIED, "base", Decision.Verdict.DEARER));
        assertThat(rows).extracting(r -> r.variant().id()).containsExactly("a", "b", "base");
        assertThat(rows).extracting(RankedVariant::rank).containsExactly("1=", "1=", "3");
    }

    @Test
    void aVariantThatIsNotValidIsNeverRankedWhateverTheDecisionSays() {
        List<RankedVariant> rows = RankedVariant.of(
                summary(row("base", Trial.Status.COMPLETED, 3, 0), row("a", Trial.Status.INVALID, 1, 0)),
                decision("a", Decision.Verdict.CHOSEN, "base", Decision.Verdict.DEARER));
        assertThat(rows).extracting(RankedVariant::rank).containsExactly("", "1");
    }

    @Test
    void withoutADecisionValidVariantsComeByCostAndNobodyIsRanked() {
        List<RankedVariant> rows = RankedVariant.of(
                summary(
                        row("base", Trial.Status.COMPLETED, 3, 0),
                        row("b", Trial.Status.FAILED, 1, 0),
                        row("a", Trial.Status.COMPLETED, 2, 0)),
                Optional.empty());
        assertThat(rows).extracting(r -> r.variant().id()).containsExactly("a", "base", "b");
        assertThat(rows).extracting(RankedVariant::rank).containsOnly("");
    }

    @Test
    void accuracyIsJudgedByTheIntervalAndTheMargin() {
        List<RankedVariant> rows = RankedVariant.of(
                summary(
                        row("base", Trial.Status.COMPLETED, 1, 0),
                        row("same", Trial.Status.COMPLETED, 2, -0.005),
                        row("open", Trial.Status.COMPLETED, 3, -0.015),
                        row("worse", Trial.Status.COMPLETED, 4, -0.035)),
                Optional.empty());
        assertThat(rows)
                .extracting(RankedVariant::accuracy)
                .containsExactly(
                        null, AccuracyVerdict.NON_INFERIOR, AccuracyVerdict.INCONCLUSIVE, AccuracyVerdict.INFERIOR);
    }

    @Test
    void oneTaskOnWhichItIsSurelyWorseMakesAVariantInferior() {
        Measurement pooled = new Measurement("d", "", "d", 0, "1", 1, -0.005, 0.005, false);
        Measurement task = new Measurement("d", "sums", "d", -0.06, "1", 1, -0.09, -0.03, false);
        VariantSummary row = new VariantSummary(
                variant("a"),
                Trial.Status.COMPLETED,
                List.of(),
                Map.of("accuracy_difference", pooled, "accuracy_difference:sums", task));
        assertThat(AccuracyVerdict.of(row, 0.02)).contains(AccuracyVerdict.INFERIOR);
        assertThat(AccuracyVerdict.of(row, 0.10)).contains(AccuracyVerdict.NON_INFERIOR);
    }

    @Test
    void namesHoldWhatTellsVariantsApartAndAreUnique() {
        Variant first = new Variant("1", "m", "e", "int8", "none", "none", "cpu", "box");
        Variant second = new Variant("2", "m", "e", "int8", "none", "none", "cpu", "box");
        Variant gpu = new Variant("3", "m", "e", "int8", "none", "none", "cpu", "gpu-box");
        assertThat(VariantNames.of(List.of(first, second)))
                .containsEntry("1", "e · int8 · none")
                .containsEntry("2", "e · int8 · none #2");
        assertThat(VariantNames.of(List.of(first, gpu))).containsEntry("3", "e · int8 · none · gpu-box");
    }
}
