package dev.weighbridge.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InstructionSetsTest {
    @Test
    void theFlagsOfTheFirstProcessorAreTaken() {
        InstructionSets sets = InstructionSets.parse("""
                processor\t: 0
                model name\t: AMD EPYC avx512_vnni
                vmx flags\t: amx_int8
                flags\t\t: fpu avx2  fma sse4_1 xsave

                processor\t: 1
                flags\t\t: fpu avx512f
                """);
        assertThat(sets.flags()).containsExactlyInAnyOrder("fpu", "avx2", "fma", "sse4_1", "xsave");
        assertThat(sets.known()).isTrue();
        assertThat(sets.has("avx2")).isTrue();
        assertThat(sets.has("avx")).isFalse();
        assertThat(sets.ofKernels()).isEqualTo("sse4_1 fma avx2");
    }

    @Test
    void onAarch64TheyAreCalledFeatures() {
        assertThat(InstructionSets.parse("Features\t: fp asimd i8mm asimddp\n").ofKernels())
                .isEqualTo("asimd asimddp i8mm");
    }

    @Test
    void aTextWithoutThemLeavesThemUnknown() {
        for (String text : new String[] {"", "flags :", "flags", "model name : x"}) {
            assertThat(InstructionSets.parse(text).known()).as(text).isFalse();
            assertThat(InstructionSets.parse(text).ofKernels()).isEmpty();
        }
    }
}
