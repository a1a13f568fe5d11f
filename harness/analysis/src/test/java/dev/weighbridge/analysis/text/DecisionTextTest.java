package dev.weighbridge.analysis.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Decision.Candidate;
import dev.weighbridge.results.Decision.Outcome;
import dev.weighbridge.results.Decision.Verdict;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Reason.Code;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionTextTest {
    @Test
    void aRatioNearOneIsToldFromOne() {
        assertThat(DecisionText.interval(0.9988, 1.0031)).isEqualTo("95 % interval [0.999, 1.003]");
        assertThat(DecisionText.interval(3.2711, 3.3333)).isEqualTo("95 % interval [3.271, 3.333]");
        assertThat(DecisionText.interval(9.0, 12.34)).isEqualTo("95 % interval [9.000, 12.3]");
        assertThat(ReasonText.of(new Reason(Code.COST_TIED, null, 1.0012, 1.0)))
                .isEqualTo("costs 1.001 times as much as the chosen one, which is not surely more");
    }

    @Test
    void anObjectiveThatAsksForNothingIsNotNamed() {
        assertThat(DecisionText.objectives(new Manifest.Objectives(250.0, null, null, 0, 0.02), false))
                .containsExactly("TTFT of a good request at most 250 ms");
    }

    @Test
    void anEstimatedCountHasTwoDigitsAndIsNeverTooLow() {
        assertThat(ReasonText.of(new Reason(Code.ACCURACY_OPEN, null, 11_259_644.0, null)))
                .endsWith("about 12,000,000 samples would settle it");
        assertThat(ReasonText.of(new Reason(Code.ACCURACY_OPEN, null, 7.0, null)))
                .endsWith("about 7 samples would settle it");
    }

    @Test
    void aTieSaysHowManyShareIt() {
        assertThat(DecisionText.summary(Outcome.TIED, List.of(tied("b")), List.of()))
                .isEqualTo("1 other variant costs as much, as far as was measured; another run may name it instead.");
        assertThat(DecisionText.summary(Outcome.TIED, List.of(tied("b"), tied("c")), List.of()))
                .isEqualTo("2 other variants cost as much, as far as was measured; another run may name one of them"
                        + " instead.");
    }

    @Test
    void aTieSaysWhoServesFewerTokensAllTheSame() {
        assertThat(DecisionText.summary(Outcome.TIED, List.of(tied("b", 0.9), tied("c")), List.of()))
                .endsWith("instead. Under more load than it can do, 1 of them surely serves fewer tokens a second.");
        assertThat(DecisionText.summary(
                        Outcome.TIED, List.of(tied("b", 0.9), tied("c", 0.8), tied("d", 1.1)), List.of()))
                .endsWith("Under more load than it can do, 2 of them surely serve fewer, 1 more, tokens a second.");
        assertThat(DecisionText.summary(Outcome.TIED, List.of(tied("d", 1.1)), List.of()))
                .endsWith("Under more load than it can do, 1 of them surely serves more tokens a second.");
        assertThat(ReasonText.of(new Reason(Code.SATURATED_THROUGHPUT_DIFFERS, "95 % interval [0.8, 1.0]", 0.9, 1.0)))
                .isEqualTo(
                        "yet under more load than either can do it surely serves 0.900 times as many tokens a second:"
                                + " 95 % interval [0.8, 1.0]");
    }

    private static Candidate tied(String variant, double ratio) {
        Reason differs = new Reason(Code.SATURATED_THROUGHPUT_DIFFERS, null, ratio, 1.0);
        return new Candidate(variant, Verdict.TIED, List.of(Reason.of(Code.COST_TIED), differs), null);
    }

    private static Candidate tied(String variant) {
        return new Candidate(variant, Verdict.TIED, List.of(Reason.of(Code.COST_TIED)), null);
    }
}
