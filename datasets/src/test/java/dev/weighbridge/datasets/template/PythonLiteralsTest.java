package dev.weighbridge.datasets.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonLiteralsTest {
    /** Each is read and written again, which must give what CPython's {@code repr(ast.literal_eval(...))} gives. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "['a', \"b\"] | ['a', 'b']",
                "[1, -2, +3, 0x1f, 1_000] | [1, -2, 3, 31, 1000]",
                "[1.5, .5, 2e3, -1.] | [1.5, 0.5, 2000.0, -1.0]",
                "(1,) | (1,)",
                "() | ()",
                "1, 2 | (1, 2)",
                "(3) | 3",
                "{'a': [True, None, False]} | {'a': [True, None, False]}",
                "'it\\'s' | \"it's\"",
                "'a' 'b' \"c\" | 'abc'",
                "r'\\n' | '\\\\n'",
                "u'x' | 'x'",
                "'\\x41\\u00e9\\U0001F600\\101\\q' | 'Aé😀A\\\\q'",
                "[ 'a' ,  ] | ['a']",
            })
    void valuesAreThoseOfPython(String literal, String written) {
        assertThat(Python.repr(PythonLiterals.parse(literal))).isEqualTo(written);
    }

    @Test
    void aTextInThreeQuotesHasLines() {
        assertThat(PythonLiterals.parse("'''a\n'b' '''")).isEqualTo("a\n'b' ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "name",
                "f('x')",
                "[1, 2",
                "'open",
                "'line\nend'",
                "[1 2]",
                "{1: 2}",
                "012",
                "1 +",
                "{'a' 1}",
                "[a]",
                "'\\U00110000'",
                "1e",
                "99999999999999999999999"
            })
    void otherTextsAreNone(String text) {
        assertThatThrownBy(() -> PythonLiterals.parse(text)).isInstanceOf(TemplateException.class);
    }

    @Test
    void depthIsBounded() {
        assertThatThrownBy(() -> PythonLiterals.parse("[".repeat(100_000)))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("deeper");
    }
}
