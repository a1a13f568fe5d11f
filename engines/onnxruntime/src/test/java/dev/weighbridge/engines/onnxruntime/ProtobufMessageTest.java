package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The examples of the encoding's own documentation, and the corners of the wire types. */
class ProtobufMessageTest {
    @Test
    void writesNumbersInGroupsOfSevenBitsLowestFirst() {
        assertThat(hex(new ProtobufMessage().number(1, 150))).isEqualTo("089601");
        assertThat(hex(new ProtobufMessage().number(1, 0))).isEqualTo("0800");
        assertThat(hex(new ProtobufMessage().number(1, 127))).isEqualTo("087f");
        assertThat(hex(new ProtobufMessage().number(1, 128))).isEqualTo("088001");
    }

    @Test
    void writesNegativeNumbersInTenBytes() {
        assertThat(hex(new ProtobufMessage().number(1, -2))).isEqualTo("08feffffffffffffffff01");
    }

    @Test
    void writesFieldNumbersAboveFifteenInTwoBytes() {
        assertThat(hex(new ProtobufMessage().number(20, 7))).isEqualTo("a00107");
    }

    @Test
    void writesTextWithItsLengthInBytes() {
        assertThat(hex(new ProtobufMessage().text(2, "testing"))).isEqualTo("120774657374696e67");
        assertThat(hex(new ProtobufMessage().text(2, "é"))).isEqualTo("1202c3a9");
    }

    @Test
    void writesMessagesWithinMessages() {
        assertThat(hex(new ProtobufMessage().message(3, new ProtobufMessage().number(1, 150))))
                .isEqualTo("1a03089601");
    }

    @Test
    void writesFloatsInFourBytesLowestFirst() {
        assertThat(hex(new ProtobufMessage().number(2, 1.5f))).isEqualTo("150000c03f");
    }

    @Test
    void repeatsFieldsInTheOrderOfTheCalls() {
        assertThat(hex(new ProtobufMessage().number(4, 3).number(4, 270))).isEqualTo("2003208e02");
    }

    private static String hex(ProtobufMessage message) {
        return HexFormat.of().formatHex(message.toByteArray());
    }
}
