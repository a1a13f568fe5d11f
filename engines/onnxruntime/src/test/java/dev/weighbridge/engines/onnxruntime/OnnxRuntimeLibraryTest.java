package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.api.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OnnxRuntimeLibraryTest {
    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64",
        "Mac OS X, x86_64, osx-x64",
        "Windows 11, amd64, win-x64"
    })
    void platformsAreNamedAsInTheJar(String os, String arch, String platform) {
        assertThat(OnnxRuntimeLibrary.platform(os, arch)).isEqualTo(platform);
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, avx2 avx512_vnni, true",
        "x86_64, avx2 avx_vnni, true",
        "amd64, avx2 avx512vl, false",
        "amd64, '', false",
        "aarch64, asimd, true",
    })
    void onX64OnlyVnniMultipliesMixedBytesExactly(String architecture, String flags, boolean exact) {
        InstructionSets sets = InstructionSets.parse("flags : " + flags);
        assertThat(OnnxRuntimeLibrary.multipliesMixedBytesExactly(architecture, sets))
                .isEqualTo(exact);
    }

    @Test
    void theRecordSaysWhereAnswersDependOnTheProcessor() {
        InstructionSets vnni = InstructionSets.parse("flags : avx2 avx512_vnni");
        InstructionSets none = InstructionSets.parse("flags : avx2");
        assertThat(OnnxRuntimeLibrary.numericsOfW8a8("amd64", vnni)).contains("signed thanks to VNNI");
        assertThat(OnnxRuntimeLibrary.numericsOfW8a8("amd64", none)).contains("saturates without VNNI");
        assertThat(OnnxRuntimeLibrary.numericsOfW8a8("aarch64", none)).isEmpty();
        assertThat(new OnnxRuntimeBackend().kernelFacts(Precision.INT4, "cpu")).doesNotContainKey("numerics");
    }

    @Test
    void djlAndOnnxRuntimeShareOneEnvironment() {
        assertThat(OnnxRuntimeLibrary.engine().getEngineName()).isEqualTo("OnnxRuntime");
        assertThat(OnnxRuntimeLibrary.engine().getAlternativeEngine()).isNull();
        assertThat(OnnxRuntimeLibrary.version()).isEqualTo("1.29.0");
        assertThat(OnnxRuntimeLibrary.executionProviders().toString()).contains("CPU");
    }

    /** With telemetry the process would end by a signal here, and leave an identifier behind. */
    @Test
    void aProcessWithALongCommandLineLoadsTheLibraryAndLeavesNoIdentifier(@TempDir Path home) throws Exception {
        Path output = home.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dpadding=" + "/some/library.jar:".repeat(1000),
                "--enable-native-access=ALL-UNNAMED",
                LoadAndPrint.class.getName());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("HOME", home.toString());
        builder.environment().put("XDG_CACHE_HOME", home.resolve("cache").toString());
        builder.environment().remove("ORT_DISABLE_TELEMETRY");
        Process process = builder.redirectOutput(output.toFile()).start();

        assertThat(process.waitFor()).isZero();
        assertThat(Files.readAllLines(output)).isEqualTo(List.of("1.29.0"));
        try (var files = Files.walk(home)) {
            assertThat(files.map(Path::toString)).noneMatch(name -> name.contains("Microsoft"));
        }
    }

    /** Entry point of that process. */
    static final class LoadAndPrint {
        private LoadAndPrint() {}

        public static void main(String[] arguments) {
            System.out.println(OnnxRuntimeLibrary.version());
        }
    }
}
