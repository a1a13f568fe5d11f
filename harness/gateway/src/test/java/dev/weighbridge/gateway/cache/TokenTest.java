package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenTest {
    private static List<String> texts(String text) {
        return Token.of(text).stream().map(Token::text).toList();
    }

    private static List<String> names(String text) {
        return Token.of(text).stream().filter(Token::name).map(Token::text).toList();
    }

    @Test
    void numbersKeepTheirSignAndTheirPoints() {
        assertThat(texts("from -5 to 3.14, 1,000 or 12:30."))
                .containsExactly("from", "-5", "to", "3.14", "1,000", "or", "12:30");
        assertThat(texts("3-5")).containsExactly("3", "-", "5");
        assertThat(texts("gpt4")).containsExactly("gpt", "4");
        assertThat(texts("(2)-1")).containsExactly("2", "-", "1");
    }

    @Test
    void operatorsAreSymbolsAndPunctuationIsNothing() {
        assertThat(texts("a + b (c), \"d\" – e; f/g!")).containsExactly("a", "+", "b", "c", "d", "e", "f", "/", "g");
    }

    @Test
    void contractionsAreTwoWords() {
        assertThat(texts("Don't WON'T can't cannot isn\u2019t"))
                .containsExactly("do", "not", "will", "not", "can", "not", "can", "not", "is", "not");
        assertThat(texts("Anna's o'clock n'ton")).containsExactly("anna", "s", "o", "clock", "n", "ton");
    }

    @Test
    void negationsAreKnownInFourLanguages() {
        for (String negation : List.of("not", "never", "nicht", "ohne", "pas", "sans", "nunca", "sin", "isn't")) {
            assertThat(Token.of("x " + negation).stream().anyMatch(Token::isNegation))
                    .as(negation)
                    .isTrue();
        }
        assertThat(Token.of("Note the knot").stream().anyMatch(Token::isNegation))
                .isFalse();
    }

    @Test
    void aNameHasACapitalWhereNoSentenceBegins() {
        assertThat(names("Where does Anna live? She and I live in Rome.\nHow nice"))
                .containsExactly("anna", "rome");
    }

    @Test
    void ideographsAreWordsOfTheirOwn() {
        assertThat(texts("不是三")).containsExactly("不", "是", "三");
    }
}
