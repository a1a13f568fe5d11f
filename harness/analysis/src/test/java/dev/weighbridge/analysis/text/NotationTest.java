package dev.weighbridge.analysis.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.results.Measurement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotationTest {
    private static Measurement figure(String name, double value, String unit) {
        return new Measurement(name, "", name, value, unit, 1234, value - 0.01, value + 0.01, true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "PERCENT;0.8143;81.4",
                "POINTS;-0.0123;−1.2",
                "POINTS;0.005;+0.5",
                "POINTS;-0.0001;0.0",
                "MILLIS;0.0123;0.01",
                "MILLIS;9.994;9.99",
                "MILLIS;9.996;10.0",
                "MILLIS;99.96;100",
                "MILLIS;1234.4;1,234",
                "USD;0.01064;0.0106",
                "USD;1.5;1.50",
                "USD;1234;1,234",
                "PLAIN;0;0",
                "PLAIN;4;4",
                "PLAIN;0.5;0.500",
                "PLAIN;0.0008152;0.000815",
                "PLAIN;0.00001;1.00e−05",
                "PLAIN;1234567;1,234,567"
            })
    void numbersAreWrittenWithTheDigitsThatMatter(Notation notation, double value, String text) {
        assertThat(notation.number(value)).isEqualTo(text);
    }

    @Test
    void unitsFollowTheNotation() {
        assertThat(Notation.USD.withUnit(figure("cost", 0.12, "USD"))).isEqualTo("$0.120");
        assertThat(Notation.RATE.withUnit(figure("rate", 12.34, "tokens/s"))).isEqualTo("12.3 tokens/s");
        assertThat(Notation.PLAIN.withUnit(figure("kl", 0.5, "nats"))).isEqualTo("0.500 nats");
    }

    @Test
    void theDetailNamesIntervalCountDefinitionAndDoubt() {
        assertThat(Notation.PERCENT.detail(figure("accuracy", 0.8, "1")))
                .isEqualTo(
                        "80.0 %; 95 % interval [79.0, 81.0]; n = 1,234; definition accuracy; uncertain: too few samples"
                                + " to certify it");
    }

    @Test
    void aFigureWithoutIntervalHasNone() {
        Measurement bare = new Measurement("x", "", "x", 1, "1", 1, null, null, false);
        assertThat(Notation.PERCENT.interval(bare)).isEmpty();
        assertThat(Notation.PERCENT.plusMinus(bare)).isEmpty();
    }

    @Test
    void theNotationFollowsNameAndUnit() {
        assertThat(Notation.of(figure("accuracy_difference", 0, "1"))).isEqualTo(Notation.POINTS);
        assertThat(Notation.of(figure("mcnemar_p", 0, "1"))).isEqualTo(Notation.PLAIN);
        assertThat(Notation.of(figure("goodput", 0, "1"))).isEqualTo(Notation.PERCENT);
        assertThat(Notation.of(figure("achieved_rate", 0, "requests/s"))).isEqualTo(Notation.RATE);
    }
}
