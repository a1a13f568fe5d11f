package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.Availability;
import dev.weighbridge.api.DeviceRequest;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.EngineException.Category;
import dev.weighbridge.api.EngineProvider;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.nio.FloatBuffer;
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
        Checkpoint checkpoint = checkpoint(TinyModel.llama(4, 2, false));
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
    void weightsThatAreNotNumbersAreReportedWhenLoading() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.llama(4, 2, false), 1);
        Arrays.fill(model.weight(Role.of(Role.Part.DOWN, 1)), Float.NaN);
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model"), "F32"), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_MODEL, () -> backend.load(artifact, "cpu", 2, 16, 1), "NaN");
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() throws Exception {
        Backend.Artifact artifact = backend.compile(
                checkpoint(TinyModel.llama(4, 2, false)), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 0, 16, 1), "0, 16, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 0, 1), "1, 0, 1");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 16, 0), "1, 16, 0");
        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 100_000, 1_000, 1), "fewer slots");
        assertFails(Category.UNAVAILABLE, () -> backend.load(artifact, "cuda:0", 1, 16, 1), "cuda:0");
    }

    @Test
    void aContextBeyondTheLearnedPositionsIsRefused() throws Exception {
        Definition rotary = TinyModel.llama(4, 2, false);
        Definition learned = new Definition(
                rotary.vocabularySize(),
                rotary.hiddenSize(),
                20,
                new Embedding(rotary.hiddenSize(), 1, true, null),
                rotary.blocks(),
                rotary.finalNorm(),
                rotary.head());
        Backend.Artifact artifact =
                backend.compile(checkpoint(learned), Precision.FP32, "cpu", folder.resolve("artifact"));

        assertFails(Category.BAD_REQUEST, () -> backend.load(artifact, "cpu", 1, 21, 1), "21 tokens", "20 positions");
        backend.load(artifact, "cpu", 1, 20, 1).close();
    }

    @Test
    void aContextOfOneTokenWorks() throws Exception {
        Backend.Artifact artifact = backend.compile(
                checkpoint(TinyModel.llama(4, 2, false)), Precision.FP32, "cpu", folder.resolve("artifact"));
        try (var session = backend.load(artifact, "cpu", 1, 1, 1)) {
            assertThat(session.prefill(0, 0, new int[] {7}, false).limit()).isEqualTo(session.vocabularySize());
        }
    }

    /** The cache of this one would take more than Java's direct memory may be here. */
    @Test
    void aLongContextTakesNoMemoryBeforeItIsUsed() throws Exception {
        int layers = 30;
        int slots = 8;
        int context = 8192;
        Definition shape = TinyModel.llama(32, layers, 9, 3, 64, 32, true);
        long cache = 2L * layers * slots * context * 3 * 64 * Float.BYTES;
        assertThat(cache).isGreaterThan(Runtime.getRuntime().maxMemory());
        Checkpoint checkpoint = checkpoint(shape);
        Backend.Artifact artifact = backend.compile(checkpoint, Precision.FP32, "cpu", folder.resolve("artifact"));

        try (DecoderSession session = backend.load(artifact, "cpu", slots, context, 1)) {
            int[] tokens = {7, 8, 9, 10};
            double[][] expected = ReferenceDecoder.logits(checkpoint, ReferenceDecoder.Linear::exact, tokens);
            session.prefill(slots - 1, 0, Arrays.copyOf(tokens, 3), false);
            session.copySlot(slots - 1, 0, 3);
            FloatBuffer logits = session.step(1, new int[] {10}, new int[] {3});
            for (int i = 0; i < session.vocabularySize(); i++) {
                assertThat((double) logits.get(i)).isCloseTo(expected[3][i], within(1e-4));
            }
        }
    }

    private Checkpoint checkpoint(Definition definition) throws Exception {
        return TinyModel.random(definition, 1).write(folder.resolve("model"), "F32");
    }

    private static void assertFails(Category category, ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.category()).isEqualTo(category))
                .hasMessageContainingAll(parts);
    }
}
