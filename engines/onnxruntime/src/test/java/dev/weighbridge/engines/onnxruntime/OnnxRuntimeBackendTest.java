package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxRuntimeBackendTest {
    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();

    @TempDir
    Path folder;

    @Test
    void backendAndEngineAreFoundUnderTheSameId() {
        assertThat(ServiceLoader.load(Backend.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(Backend::id))
                .contains("onnxruntime");
        assertThat(ServiceLoader.load(EngineProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .map(EngineProvider::id))
                .contains("onnxruntime");
    }

    @Test
    void theProbeNamesTheVersionThatTheNativeLibraryReports() {
        assertThat(backend.probe()).isEqualTo(new Availability.Available(backend.nativeVersion()));
    }

    @Test
    void automaticAndCpuMeanTheCpu() {
        assertThat(backend.resolveDevice(DeviceRequest.AUTO)).isEqualTo("cpu");
        assertThat(backend.resolveDevice(DeviceRequest.CPU)).isEqualTo("cpu");
    }

    @Test
    void cudaIsRefusedWithARemedy() {
        assertThat(backend.precisions(DeviceRequest.Kind.CUDA)).isEmpty();
        assertFails(
                Category.UNAVAILABLE,
                () -> backend.resolveDevice(new DeviceRequest(DeviceRequest.Kind.CUDA, 1)),
                "cuda:1",
                "--device cpu");
    }

    @Test
    void precisionsWithoutKernelsAreRefused() throws Exception {
        Checkpoint checkpoint = checkpoint(TinyModel.definition(4, 2, false));
        for (Precision precision : List.of(Precision.FP16, Precision.BF16)) {
            assertThat(backend.precisions(DeviceRequest.Kind.CPU)).doesNotContain(precision);
            assertFails(
                    Category.BAD_REQUEST,
                    () -> backend.compile(checkpoint, precision, "cpu", folder.resolve("artifact")),
                    precision.id(),
                    "int8");
        }
    }

    @Test
    void aHeadSizeThatTheAttentionCannotRotateIsRefused() throws Exception {
        Checkpoint checkpoint = checkpoint(new DecoderDefinition(97, 48, 1, 2, 2, 24, 64, 1e-5, 10_000, 64, false));

        assertFails(
                Category.BAD_MODEL,
                () -> backend.compile(checkpoint, Precision.FP32, "cpu", folder.resolve("artifact")),
                "head size 24",
                "another engine");
    }

    @Test
    void aTensorOfAnotherShapeThanTheConfigurationSaysIsRefused() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 1);
        Checkpoint written = model.write(folder.resolve("model"), "F32");
        DecoderDefinition wider = new DecoderDefinition(97, 48, 2, 4, 2, 16, 80, 1e-5, 10_000, 64, false);
        Checkpoint contradictory = new Checkpoint(
                written.folder(), "tiny", wider, written.tensors(), written.endOfSequence(), written.sha256());

        assertFails(
                Category.BAD_MODEL,
                () -> backend.compile(contradictory, Precision.FP32, "cpu", folder.resolve("artifact")),
                "model.layers.0.mlp.gate_proj.weight",
                "[72, 48]",
                "[80, 48]");
    }

    @Test
    void weightsThatAreNotNumbersAreReportedWhenLoading() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 1);
        Arrays.fill(model.weight("model.layers.1.mlp.down_proj"), Float.NaN);
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model"), "F32"), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_MODEL, () -> backend.load(artifact, "cpu", 2, 16, 1), "NaN");
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() throws Exception {
        Backend.Artifact artifact = backend.compile(
                checkpoint(TinyModel.definition(4, 2, false)), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 0, 16, 1), "0, 16, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 0, 1), "1, 0, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 16, 0), "1, 16, 0");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 100_000, 1_000, 1), "fewer slots");
        assertFails(Category.UNAVAILABLE, () -> backend.load(artifact, "cuda:0", 1, 16, 1), "cuda:0");
    }

    @Test
    void aContextOfOneTokenWorks() throws Exception {
        Backend.Artifact artifact = backend.compile(
                checkpoint(TinyModel.definition(4, 2, false)), Precision.FP32, "cpu", folder.resolve("artifact"));
        try (var session = backend.load(artifact, "cpu", 1, 1, 1)) {
            assertThat(session.prefill(0, 0, new int[] {7}, false).limit()).isEqualTo(session.vocabularySize());
        }
    }

    private Checkpoint checkpoint(DecoderDefinition definition) throws Exception {
        return TinyModel.random(definition, 1).write(folder.resolve("model"), "F32");
    }

    private static void assertFails(Category category, ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.category()).isEqualTo(category))
                .hasMessageContainingAll(parts);
    }
}
