package dev.weighbridge.datasets.harness.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonPatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(?P<n>a)(?P=n) | aa | true",
                "[[]&&x] | [&&x] | true",
                "[]a]+ | ]a | true",
                "[^]a]+ | bc | true",
                "[^]a]+ | b] | false",
                "[a&&b]+ | a&b | true",
                "\\d+\\Z | ٣٤ | true",
                "\\w+ | naïve | true",
                "[\\]\\[]+ | ][ | true",
                "(\\-?[0-9\\.\\,]+) | -1,5 | true",
            })
    void findsWhatPythonFinds(String python, String text, boolean found) {
        assertThat(Pattern.compile(PythonPattern.toJava(python)).matcher(text).matches())
                .isEqualTo(found);
    }
}
