package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PyTorchBackendTest {
    private final PyTorchBackend backend = new PyTorchBackend();

    @TempDir
    Path folder;

    @Test
    void backendAndEngineAreFoundUnderTheSameId() {
        assertThat(ServiceLoader.load(Backend.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(Backend::id))
                .contains("pytorch");
        assertThat(ServiceLoader.load(EngineProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(EngineProvider::id))
                .contains("pytorch");
    }

    @Test
    void theProbeNamesTheVersionOfTheLibrary() {
        assertThat(backend.probe()).isEqualTo(new Availability.Available(backend.nativeVersion()));
        assertThat(backend.nativeVersion()).matches("\\d+\\.\\d+\\.\\d+");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-x86_64",
        "Linux, aarch64, linux-aarch64",
        "Mac OS X, aarch64, osx-aarch64",
        "Windows 11, amd64, win-x86_64"
    })
    void platformsAreNamedAsInTheJars(String os, String arch, String platform) {
        assertThat(PyTorchLibrary.platform(os, arch)).isEqualTo(platform);
    }

    @Test
    void theRecordSaysWhichInstructionSetsAreUsedAndWhereAnswersDependOnThem() {
        PyTorchBackend withoutVnni =
                new PyTorchBackend(new CpuKernels("amd64", new InstructionSets(Set.of("avx2", "fma")), Map.of()));

        assertThat(withoutVnni.kernelFacts(Precision.W8A8, "cpu"))
                .containsEntry("instruction_sets", "ATen avx2, FBGEMM avx2")
                .hasEntrySatisfying("numerics", note -> assertThat(note).contains("7 bits"));
        assertThat(withoutVnni.kernelFacts(Precision.INT8, "cpu")).containsOnlyKeys("instruction_sets");
        assertThat(withoutVnni.kernelFacts(Precision.FP32, "cuda:0")).isEmpty();
    }

    @Test
    void automaticMeansCudaWhereTheLibraryReportsItAndTheCpuElsewhere() {
        assertThat(backend.resolveDevice(DeviceRequest.CPU)).isEqualTo("cpu");
        assertThat(backend.resolveDevice(DeviceRequest.AUTO))
                .isEqualTo(PyTorchLibrary.cudaDevices() > 0 ? "cuda:0" : "cpu");
    }

    @Test
    void aCudaDeviceThatIsNotThereIsRefusedWithARemedy() {
        int missing = PyTorchLibrary.cudaDevices();
        assertFails(
                Category.UNAVAILABLE,
                () -> backend.resolveDevice(new DeviceRequest(DeviceRequest.Kind.CUDA, missing)),
                "cuda:" + missing,
                "PYTORCH_LIBRARY_PATH",
                "PYTORCH_FLAVOR");
    }

    @Test
    void precisionsWithoutKernelsAreRefused() throws Exception {
        Checkpoint checkpoint = checkpoint(1);
        assertFails(
                Category.BAD_REQUEST,
                () -> backend.compile(checkpoint, Precision.FP16, "cpu", folder.resolve("artifact")),
                "fp16",
                "int8");
        assertFails(
                Category.BAD_REQUEST,
                () -> backend.compile(checkpoint, Precision.W8A8, "cuda:0", folder.resolve("artifact")),
                "w8a8",
                "bf16");
    }

    @Test
    void weightsThatAreNotNumbersAreReportedWhenLoading() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.llama(4, 2, false), 1);
        Arrays.fill(model.weight(Role.of(Role.Part.DOWN, 1)), Float.NaN);
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model"), "F32"), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_MODEL, () -> backend.load(artifact, "cpu", 2, 16, 1), "NaN");
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() throws Exception {
        Backend.Artifact artifact = backend.compile(checkpoint(1), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 0, 16, 1), "0, 16, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 0, 1), "1, 0, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 16, 0), "1, 16, 0");
        assertFails(Category.UNAVAILABLE, () -> backend.load(artifact, "tpu", 1, 16, 1), "tpu");
    }

    @Test
    void aContextBeyondTheLearnedPositionsIsRefused() throws Exception {
        Definition llama = TinyModel.llama(4, 2, false);
        Definition learned = new Definition(
                llama.vocabularySize(),
                llama.hiddenSize(),
                llama.contextLength(),
                new Embedding(llama.hiddenSize(), 1, true, null),
                llama.blocks(),
                llama.finalNorm(),
                llama.head());
        Backend.Artifact artifact = backend.compile(
                TinyModel.random(learned, 1).write(folder.resolve("model"), "F32"),
                Precision.FP32,
                "cpu",
                folder.resolve("artifact"));

        assertFails(
                Category.BAD_REQUEST,
                () -> backend.load(artifact, "cpu", 1, TinyModel.CONTEXT + 1, 1),
                "learned positions for 64 tokens",
                "65");
        backend.load(artifact, "cpu", 1, TinyModel.CONTEXT, 1).close();
    }

    @Test
    void aContextOfOneTokenWorks() throws Exception {
        Backend.Artifact artifact = backend.compile(checkpoint(1), Precision.FP32, "cpu", folder.resolve("artifact"));
        try (var session = backend.load(artifact, "cpu", 1, 1, 1)) {
            assertThat(session.forward(List.of(Segment.next(0, 0, 7))).limit()).isEqualTo(session.vocabularySize());
        }
    }

    @Test
    void aSmallerPrecisionTakesFewerBytes() throws Exception {
        Checkpoint checkpoint = checkpoint(1);
        long previous = Long.MAX_VALUE;
        for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16, Precision.INT8, Precision.INT4}) {
            long bytes = backend.compile(checkpoint, precision, "cpu", folder.resolve(precision.id()))
                    .bytes();
            assertThat(bytes).isLessThan(previous).isPositive();
            previous = bytes;
        }
    }

    @Test
    void anArtifactIsFoundAgainAndBuiltAnewWhenItIsOfSomethingElseOrDamaged() throws Exception {
        Path artifact = folder.resolve("artifact");
        Path archive = artifact.resolve("decoder.pt");
        Path marker = artifact.resolve("artifact.properties");
        Checkpoint checkpoint = checkpoint(1);
        backend.compile(checkpoint, Precision.INT8, "cpu", artifact);
        byte[] whole = Files.readAllBytes(archive);
        Object key = Files.readAttributes(archive, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();

        backend.compile(checkpoint, Precision.INT8, "cpu", artifact);
        assertThat(Files.readAttributes(archive, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey())
                .isEqualTo(key);

        Files.write(archive, Arrays.copyOf(whole, whole.length - 1));
        Files.write(artifact.resolve("decoder.pt.partial"), new byte[3]);
        assertNotWhole(new Backend.Artifact(checkpoint, Precision.INT8, artifact, 1));
        backend.compile(checkpoint, Precision.INT8, "cpu", artifact);
        assertThat(archive).hasBinaryContent(whole);

        String right = Files.readString(marker);
        for (String wrong : new String[] {right.replace("format=", "format=9"), "", "\\uZZZZ"}) {
            Files.writeString(marker, wrong);
            assertNotWhole(new Backend.Artifact(checkpoint, Precision.INT8, artifact, 1));
            backend.compile(checkpoint, Precision.INT8, "cpu", artifact);
            assertThat(Files.readString(marker)).isEqualTo(right);
        }

        Checkpoint other = checkpoint(2);
        assertNotWhole(new Backend.Artifact(other, Precision.INT8, artifact, 1));
        backend.compile(other, Precision.INT8, "cpu", artifact);
        assertThat(Files.readString(marker)).contains(other.sha256()).isNotEqualTo(right);
        backend.compile(other, Precision.INT4, "cpu", artifact);
        assertNotWhole(new Backend.Artifact(other, Precision.INT8, artifact, 1));
    }

    @Test
    void anArtifactOfAnotherScriptIsBuiltAnew() throws Exception {
        Path artifact = folder.resolve("artifact");
        Checkpoint checkpoint = checkpoint(1);
        PyTorchBackend saturating =
                new PyTorchBackend(new CpuKernels("amd64", new InstructionSets(Set.of("avx2", "fma")), Map.of()));
        PyTorchBackend exact =
                new PyTorchBackend(new CpuKernels("amd64", new InstructionSets(Set.of("avx512_vnni")), Map.of()));
        saturating.compile(checkpoint, Precision.W8A8, "cpu", artifact);
        byte[] script = Files.readAllBytes(artifact.resolve("decoder.pt"));
        Backend.Artifact found = new Backend.Artifact(checkpoint, Precision.W8A8, artifact, 1);

        assertFails(Category.FAILED, () -> exact.load(found, "cpu", 1, 16, 1), "not whole");
        exact.compile(checkpoint, Precision.W8A8, "cpu", artifact);
        assertThat(Files.readAllBytes(artifact.resolve("decoder.pt"))).isNotEqualTo(script);
        exact.load(found, "cpu", 1, 16, 1).close();
    }

    @Test
    void aFolderThatCannotBeMadeIsReported() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Checkpoint checkpoint = checkpoint(1);
        assertFails(
                Category.FAILED,
                () -> backend.compile(checkpoint, Precision.INT8, "cpu", file.resolve("artifact")),
                "cannot be written");
    }

    private void assertNotWhole(Backend.Artifact artifact) {
        assertFails(Category.FAILED, () -> backend.load(artifact, "cpu", 1, 16, 1), "not whole");
    }

    private Checkpoint checkpoint(long seed) throws Exception {
        return TinyModel.random(TinyModel.llama(4, 2, false), seed).write(folder.resolve("model" + seed), "F32");
    }

    private static void assertFails(Category category, ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.category()).isEqualTo(category))
                .hasMessageContainingAll(parts);
    }
}
