package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.InstructionSets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuKernelsTest {
    private static final String AVX2 = "fma avx2";
    private static final String AVX512 = AVX2 + " avx512f avx512bw avx512dq avx512vl";
    private static final String VNNI = AVX512 + " avx512_vnni";

    @ParameterizedTest
    @CsvSource({
        "amd64, '" + VNNI + "', '', false",
        "x86_64, '" + VNNI + "', AVX512_E1, false",
        "amd64, '" + VNNI + "', AVX512_E1_256, false",
        "amd64, '" + VNNI + "', nonsense, false",
        "amd64, '" + VNNI + "', AVX2, true",
        "amd64, '" + VNNI + "', avx512, true",
        "amd64, '" + VNNI + "', AVX512_256, true",
        "amd64, '" + AVX512 + "', AVX512_E1, true",
        "amd64, '" + AVX2 + "', '', true",
        "amd64, '', '', true",
        "aarch64, 'asimd asimddp', '', false",
    })
    void byteProductsAreExactWithAvx512VnniAlone(String architecture, String flags, String limit, boolean saturate) {
        assertThat(kernels(architecture, flags, Map.of(CpuKernels.FBGEMM_LIMIT, limit))
                        .byteProductsMaySaturate())
                .isEqualTo(saturate);
    }

    @Test
    void avxsOwnVnniDoesNotHelpBecauseFbgemmHasNoKernelForIt() {
        assertThat(kernels("amd64", AVX2 + " avx_vnni", Map.of()).byteProductsMaySaturate())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                VNNI + "||ATen avx512, FBGEMM avx512_vnni",
                VNNI + "|avx2|ATen avx2, FBGEMM avx512_vnni",
                VNNI + "|AVX2|ATen avx2, FBGEMM avx512_vnni",
                VNNI + "|quick|ATen avx512, FBGEMM avx512_vnni",
                AVX512 + "||ATen avx512, FBGEMM avx512",
                AVX2 + "|default|ATen default, FBGEMM avx2",
                "avx2||ATen default, FBGEMM avx2",
            })
    void whatIsInUseFollowsFromTheProcessorAndTheEnvironment(String flags, String limit, String inUse) {
        Map<String, String> environment = limit == null ? Map.of() : Map.of(CpuKernels.ATEN_LIMIT, limit);
        assertThat(kernels("amd64", flags, environment).inUse()).isEqualTo(inUse);
    }

    @Test
    void limitsOfTheOtherLibrariesAreNamed() {
        Map<String, String> limits = Map.of(CpuKernels.FBGEMM_LIMIT, "AVX2", CpuKernels.ONEDNN_LIMIT, "SSE41");
        assertThat(kernels("amd64", VNNI, limits).inUse()).isEqualTo("ATen avx512, FBGEMM avx2, oneDNN at most SSE41");
    }

    @Test
    void onOtherArchitecturesTheProcessorsOwnNamesAreGiven() {
        assertThat(kernels("aarch64", "fp asimd asimddp i8mm", Map.of()).inUse())
                .isEqualTo("asimd asimddp i8mm");
        assertThat(kernels("aarch64", "asimd", Map.of()).numericsOfW8a8()).isEmpty();
        assertThat(kernels("amd64", "", Map.of()).inUse()).isEmpty();
    }

    @Test
    void theNoteOnW8a8SaysHowManyBitsActivationsHave() {
        assertThat(kernels("amd64", VNNI, Map.of()).numericsOfW8a8()).contains("have 8 bits");
        assertThat(kernels("amd64", AVX512, Map.of()).numericsOfW8a8()).contains("have 7 bits");
    }

    private static CpuKernels kernels(String architecture, String flags, Map<String, String> environment) {
        return new CpuKernels(architecture, InstructionSets.parse("flags : " + flags), environment);
    }
}
