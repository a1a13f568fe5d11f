package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import dev.weighbridge.engines.triton.ModelDescription.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages as Triton 2.51.0 sent them. */
class InferenceMessagesTest {
    private static final byte[] SERVER = hex("0a06747269746f6e1206322e35312e301a0e636c617373696669636174696f6e"
            + "1a0a706172616d65746572731a0a73746174697374696373");
    private static final byte[] MODEL =
            hex("0a046563686f1201311a06707974686f6e22160a0a746578745f696e70757412054259544553"
                    + "1a010122160a0a6d61785f746f6b656e731205494e5433321a010122110a0673747265616d1204424f4f4c1a0101"
                    + "221f0a0a73746f705f776f726473120542595445531a0affffffffffffffffff012a170a0b746578745f6f7574707574"
                    + "120542595445531a01012a1e0a116e756d5f6f75747075745f746f6b656e73120655494e5433321a0101");
    private static final byte[] HALF = hex("126c0a046563686f120131221b0a15747269746f6e5f66696e616c5f726573706f6e7365"
            + "120208002a170a0b746578745f6f7574707574120542595445531a01012a1e0a116e756d5f6f75747075745f746f6b656e73"
            + "120655494e5433321a0101320501000000c3320401000000");
    private static final byte[] LAST =
            hex("12230a046563686f221b0a15747269746f6e5f66696e616c5f726573706f6e736512020801");
    private static final byte[] LATE_ERROR =
            hex("0a0c6c617465206661696c75726512230a046563686f221b0a15747269746f6e5f66696e"
                    + "616c5f726573706f6e736512020800");

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    @Test
    void aServerAndItsModelAreDescribed() throws IOException {
        assertThat(InferenceMessages.server(SERVER))
                .isEqualTo(new ServerDescription(
                        "triton", "2.51.0", List.of("classification", "parameters", "statistics")));
        assertThat(InferenceMessages.model(MODEL))
                .isEqualTo(new ModelDescription(
                        "echo",
                        List.of("1"),
                        "python",
                        List.of(
                                new Tensor("text_input", "BYTES", List.of(1L)),
                                new Tensor("max_tokens", "INT32", List.of(1L)),
                                new Tensor("stream", "BOOL", List.of(1L)),
                                new Tensor("stop_words", "BYTES", List.of(-1L))),
                        List.of(
                                new Tensor("text_output", "BYTES", List.of(1L)),
                                new Tensor("num_output_tokens", "UINT32", List.of(1L)))));
        assertThat(InferenceMessages.models(hex("0a100a046563686f1201311a055245414459")))
                .containsExactly("echo");
        assertThat(InferenceMessages.truth(hex("0801"))).isTrue();
        assertThat(InferenceMessages.truth(hex(""))).isFalse();
    }

    @Test
    void aResponseHasTheFirstValueOfEachOutputAndSaysWhetherItIsTheLast() throws IOException {
        InferenceMessages.Streamed half = InferenceMessages.streamed(HALF);
        assertThat(half.error()).isEmpty();
        assertThat((byte[]) half.response().outputs().get("text_output")).containsExactly(0xC3);
        assertThat(half.response().outputs()).containsEntry("num_output_tokens", 1L);
        assertThat(half.response().last()).isFalse();
        InferenceMessages.Streamed last = InferenceMessages.streamed(LAST);
        assertThat(last.response().outputs()).isEmpty();
        assertThat(last.response().last()).isTrue();
        assertThat(InferenceMessages.streamed(LATE_ERROR).error()).isEqualTo("late failure");
    }

    @Test
    void numbersAreReadInEveryWidthAndWayInWhichTheyCome() throws IOException {
        assertThat(outputs("INT64", GrpcServer.message(3, -5L), new byte[0])).isEqualTo(-5L);
        assertThat(outputs("FP32", GrpcServer.message(6, 0.5F), new byte[0])).isEqualTo(0.5F);
        assertThat(outputs("BOOL", GrpcServer.message(1, true), new byte[0])).isEqualTo(true);
        assertThat(outputs("UINT32", GrpcServer.message(4, new byte[] {7, 8}), new byte[0]))
                .as("packed")
                .isEqualTo(7L);
        assertThat(outputs("UINT8", null, new byte[] {(byte) 200})).isEqualTo(200);
        assertThat(outputs("INT16", null, new byte[] {(byte) 0xFE, (byte) 0xFF}))
                .isEqualTo((short) -2);
        assertThat(outputs("FP64", null, hex("000000000000e03f"))).isEqualTo(0.5);
        assertThat(outputs("BF16", null, hex("803f"))).as("no text, no number").isNull();
    }

    private static Object outputs(String datatype, byte[] contents, byte[] raw) throws IOException {
        byte[] output = contents == null
                ? GrpcServer.message(1, "x", 2, datatype)
                : GrpcServer.message(1, "x", 2, datatype, 5, contents);
        byte[] response = contents == null ? GrpcServer.message(5, output, 6, raw) : GrpcServer.message(5, output);
        return InferenceMessages.response(response).outputs().get("x");
    }

    @Test
    void aRequestHasItsTensorsAndParametersUnderTheNumbersOfTheProtocol() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("text_input", "caf\u00e9");
        fields.put("stop_words", List.of("a", "b"));
        fields.put("stream", true);
        fields.put("temperature", 0.5);
        fields.put("name", "x");
        ModelDescription model = new ModelDescription(
                "m",
                List.of(),
                "",
                List.of(
                        new Tensor("text_input", "BYTES", List.of(-1L, 1L)),
                        new Tensor("stop_words", "BYTES", List.of(-1L, -1L)),
                        new Tensor("stream", "BOOL", List.of(1L))),
                List.of());
        UnknownFieldSet request = GrpcServer.fields(
                InferenceMessages.inferRequest(new Transport.Model("m", "3"), Question.of(model, fields), true));

        assertThat(SmallTriton.text(request, 1)).isEqualTo("m");
        assertThat(SmallTriton.text(request, 2)).isEqualTo("3");
        assertThat(request.getField(4).getLengthDelimitedList())
                .extracting(bytes -> bytes.toString(StandardCharsets.ISO_8859_1))
                .containsExactly(
                        "\n\u000btemperature\u0012\u0009!\0\0\0\0\0\0\u00e0?",
                        "\n\u0004name\u0012\u0003\u001a\u0001x",
                        "\n\"triton_enable_empty_final_response\u0012\u0002\b\u0001");
        List<UnknownFieldSet> inputs = request.getField(5).getLengthDelimitedList().stream()
                .map(bytes -> GrpcServer.fields(bytes.toByteArray()))
                .toList();
        assertThat(inputs.get(0).getField(3).getVarintList()).containsExactly(1L, 1L);
        assertThat(inputs.get(1).getField(3).getVarintList()).containsExactly(1L, 2L);
        assertThat(SmallTriton.text(inputs.get(1), 2)).isEqualTo("BYTES");
        assertThat(GrpcServer.fields(inputs.get(1)
                                .getField(5)
                                .getLengthDelimitedList()
                                .get(0)
                                .toByteArray())
                        .getField(8)
                        .getLengthDelimitedList())
                .hasSize(2);
    }

    @Test
    void whateverComesIsReadOrRefusedAndNothingElse() {
        Random random = new Random(8);
        for (int number = 0; number < 20_000; number++) {
            byte[] spoilt = (number % 2 == 0 ? HALF : MODEL).clone();
            for (int fault = random.nextInt(4); fault >= 0; fault--) {
                spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = Arrays.copyOf(spoilt, 1 + random.nextInt(spoilt.length));
            try {
                InferenceMessages.streamed(cut);
                InferenceMessages.model(cut);
                InferenceMessages.server(cut);
            } catch (IOException refused) {
                assertThat(refused).isNotNull();
            }
        }
        assertThatThrownBy(() -> InferenceMessages.streamed(Arrays.copyOf(HALF, 40)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> outputs("BYTES", null, hex("ffffff7f61")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2147483647 bytes in 1");
        assertThatThrownBy(() -> outputs("INT32", null, hex("61"))).isInstanceOf(IOException.class);
    }
}
