package dev.weighbridge.analysis.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.ResponseRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnswerLengthsTest {
    private static ResponseRecord written(int id, String cluster, String end, int... tokens) {
        List<ResponseRecord.Reply> replies = Arrays.stream(tokens)
                .mapToObj(count -> new ResponseRecord.Reply("text", null, null, 3, count, end, 1))
                .toList();
        return new ResponseRecord(
                id, "id" + id, "prompt", List.of("x"), List.of(), cluster, Map.of(), "hash" + id, replies, null, null);
    }

    private static AnswerLengths lengths(String task, ResponseRecord... responses) {
        AnswerLengths lengths = new AnswerLengths();
        Arrays.stream(responses).forEach(response -> lengths.add(task, response));
        return lengths;
    }

    private static Measurement figure(List<Measurement> figures, String name, String scope) {
        return figures.stream()
                .filter(f -> f.name().equals(name) && f.scope().equals(scope))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void answersArePairedWithTheBaselinesToTheSamePrompt() {
        AnswerLengths own = lengths(
                "t",
                written(0, "a", "stop", 110),
                written(1, "b", "stop", 52),
                written(2, "c", "length", 230),
                written(3, "d", "stop", 150),
                written(9, "e", "stop", 1));
        AnswerLengths base = lengths(
                "t",
                written(3, "d", "stop", 150),
                written(2, "c", "stop", 200),
                written(1, "b", "stop", 50),
                written(0, "a", "stop", 100));
        List<Measurement> figures = own.measurements(base);
        Measurement drift = figure(figures, "answer_length_drift", "");
        assertThat(drift.value()).isEqualTo(10.5);
        assertThat(drift.samples()).isEqualTo(4);
        assertThat(drift.low()).isCloseTo(10.5 - 3.182446 * 6.849574, within(1e-4));
        assertThat(figure(figures, "answers_of_other_length", "t").value()).isEqualTo(0.75);
        Measurement cut = figure(figures, "answers_cut", "t");
        assertThat(cut.value()).isEqualTo(0.2);
        assertThat(cut.samples()).isEqualTo(5);
    }

    @Test
    void aVariantWithoutABaselineHasNoDrift() {
        List<Measurement> figures = lengths("t", written(0, "a", "length", 4)).measurements(new AnswerLengths());
        assertThat(figures).extracting(Measurement::name).containsExactly("answers_cut", "answers_cut");
    }

    @Test
    void repeatsAreOneSourceAndPairedOneByOne() {
        AnswerLengths own = lengths("t", written(0, "a", "stop", 5, 9), written(1, "b", "stop", 5, 5));
        AnswerLengths base = lengths("t", written(0, "a", "stop", 5, 5), written(1, "b", "stop", 5, 5));
        Measurement drift = figure(own.measurements(base), "answer_length_drift", "");
        assertThat(drift.samples()).isEqualTo(4);
        assertThat(drift.value()).isEqualTo(1);
        // Two sources of mean 2 and 0, not four answers: half 12.7062 × 1.
        assertThat(drift.high()).isCloseTo(1 + 12.7062, within(1e-3));
    }

    @Test
    void likelihoodsAndAnswersThatNobodyCountedAreLeftOut() {
        ResponseRecord scored = new ResponseRecord(
                0,
                "s",
                "prompt",
                List.of(),
                List.of("x"),
                "s",
                Map.of(),
                "hash",
                List.of(new ResponseRecord.Reply("x", -1.0, true, 3, 1, null, 1)),
                null,
                null);
        assertThat(lengths("t", scored, written(1, "b", "stop", -1)).measurements(new AnswerLengths()))
                .isEmpty();
    }
}
