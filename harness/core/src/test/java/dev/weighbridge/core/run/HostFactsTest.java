package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.InstructionSets;
import org.junit.jupiter.api.Test;

class HostFactsTest {
    @Test
    void theInstructionSetsThatKernelsAreWrittenForAreAmongThem() {
        assertThat(HostFacts.describe(InstructionSets.parse("flags : fpu avx512_vnni avx2")))
                .containsEntry("instruction_sets", "avx2 avx512_vnni");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(HostFacts.describe(InstructionSets.parse(""))).doesNotContainKey("instruction_sets");
    }
}
