package dev.weighbridge.inference.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes as data: nothing is written. */
class ShapesTest {
    @ParameterizedTest
    @CsvSource({
        // 109,529,856 is what llama2.c rounds to 110 M; the others are as the models' cards or papers have them.
        "llama-110m, 109529856",
        "smollm2-135m, 134515008",
        "llama-1.1b, 1100048384",
        "qwen2.5-0.5b, 494032768",
        "gpt2, 124439808",
        "pythia-160m, 162322944",
        "bloom-560m, 559214592",
        "opt-125m, 125239296",
        "flan-t5-small, 76961152"
    })
    void aShapeHasAsManyParametersAsWerePublished(String name, long parameters) {
        assertThat(Shapes.named(name).parameters()).isEqualTo(parameters);
    }

    @Test
    void everyShapeIsDescribedAndSaysWhereItIsFrom() {
        assertThat(Shapes.all()).hasSizeGreaterThanOrEqualTo(12);
        for (Shape shape : Shapes.all()) {
            assertThat(shape.name()).matches("[a-z0-9][a-z0-9.-]*");
            assertThat(shape.about()).isNotBlank();
            assertThat(shape.source()).isNotBlank();
            assertThat(shape.vocabularySize()).as(shape.name()).isGreaterThanOrEqualTo(ByteTokenizer.LEAST_VOCABULARY);
            assertThat(shape.tensors().stream().map(PlannedTensor::name))
                    .as(shape.name())
                    .doesNotHaveDuplicates();
        }
        assertThat(Shapes.all().stream()
                        .filter(shape -> shape.name().endsWith("-tiny"))
                        .map(Shape::family))
                .containsExactly("llama", "gpt2", "bloom", "gpt_neox", "t5");
    }

    @Test
    void aFusedProjectionIsOneTensorAndATransposedOneIsTransposed() {
        List<PlannedTensor> gpt2 = Shapes.named("gpt2").tensors();
        assertThat(gpt2)
                .filteredOn(tensor -> tensor.name().endsWith("h.0.attn.c_attn.weight"))
                .singleElement()
                .extracting(PlannedTensor::shape)
                .isEqualTo(List.of(768L, 2304L));
        assertThat(Shapes.named("pythia-160m").tensors())
                .filteredOn(tensor -> tensor.name().endsWith("layers.11.attention.query_key_value.bias"))
                .singleElement()
                .extracting(PlannedTensor::shape)
                .isEqualTo(List.of(2304L));
    }

    @Test
    void anUnknownNameIsAnsweredWithThoseThatAreKnown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Shapes.named("llama-7t"))
                .withMessageContainingAll("llama-7t", "llama-110m", "pythia-tiny");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueType.of("fp8"))
                .withMessageContainingAll("fp8", "f32, bf16, f16");
    }
}
