package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class DetailsTest {
    @Test
    void turnsControlCharactersIntoSingleSpaces() {
        assertThat(Details.clean("  a\r\n\tb\u0000\u001b[31mc\u2028d\u0085 e  "))
                .isEqualTo("a b [31mc d e");
    }

    @Test
    void keepsAtMostTwoHundredCharacters() {
        assertThat(Details.clean("x".repeat(100_000))).hasSize(200);
    }

    @Test
    void namesTheInnermostCause() {
        assertThat(Details.of(new RuntimeException("outer", new IOException("disk\ngone"))))
                .isEqualTo("IOException: disk gone");
        assertThat(Details.of(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
