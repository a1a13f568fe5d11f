package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PieceDecoderTest {
    @Test
    void charactersThatAreCutBetweenPiecesBecomeWhole() {
        byte[] bytes = "caf\u00e9 \u4e2d \uD83D\uDE00".getBytes(StandardCharsets.UTF_8);
        PieceDecoder decoder = new PieceDecoder();
        StringBuilder text = new StringBuilder();
        for (byte one : bytes) {
            text.append(decoder.accept(new byte[] {one}));
        }
        assertThat(text.append(decoder.end())).hasToString("caf\u00e9 \u4e2d \uD83D\uDE00");
    }

    @Test
    void whatIsNoUtf8IsReplacedOnce() {
        PieceDecoder decoder = new PieceDecoder();
        assertThat(decoder.accept(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("a\uFFFDb");
        assertThat(decoder.accept(new byte[] {(byte) 0xF0, (byte) 0x9F})).isEmpty();
        assertThat(decoder.end()).isEqualTo("\uFFFD");
    }
}
