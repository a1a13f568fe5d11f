package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.reference.GoldenFixture;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import dev.weighbridge.inference.reference.SessionContract;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of sessions on the first CUDA device, and what its kernels compute at each precision. Needs such a device. */
@Tag("gpu")
class CudaDecoderSessionTest extends SessionContract {
    /** Relative error of logits that keys and values in bf16 may cause in one layer: eight bits of mantissa. */
    private static final double BF16_CACHE = 1.0 / 128;

    @BeforeAll
    static void needsADevice() {
        assumeTrue(PyTorchLibrary.cudaDevices() > 0, "libtorch reports no CUDA device on this machine");
    }

    @Override
    protected Backend backend() {
        return new PyTorchBackend();
    }

    @Override
    protected String device() {
        return "cuda:0";
    }

    static Set<String> madeUp() {
        return MadeUpDecoders.all().keySet();
    }

    @ParameterizedTest
    @MethodSource("madeUp")
    void whateverADefinitionSaysIsDone(String name) throws Exception {
        Checkpoint model = write(TinyModel.random(MadeUpDecoders.all().get(name), 1));
        int[][] rows = {tokens(20, 2), tokens(31, 3), tokens(40, 4), tokens(9, 5)};
        int[] past = {12, 23, 32, 1};
        try (DecoderSession session = load(model)) {
            for (int row = 0; row < SLOTS; row++) {
                prefill(session, row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            decode(session, model, rows, past, SLOTS, 5);
        }
    }

    @ParameterizedTest
    @CsvSource({"BF16, 48, 16, 72", "INT4, 48, 16, 72", "INT4, 96, 24, 160", "INT4, 128, 32, 256"})
    void quantizedLayersComputeWhatTheirPrecisionPromises(
            Precision precision, int hidden, int headSize, int intermediate) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(hidden, 1, 4, 2, headSize, intermediate, false), 20));
        int[] tokens = tokens(20, 21);
        double[][] rounded = ReferenceDecoder.logits(model, ReferenceLinear.of(precision), tokens);
        double rounding =
                relativeError(flat(rounded), flat(reference(model, tokens)).array());
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            // The cache is in bf16, which rounds about as much as bf16 layers do.
            double cache = precision == Precision.BF16 ? 2 * rounding : rounding / 4 + BF16_CACHE;
            assertThat(relativeError(
                            prefill(session, 0, 0, tokens, true), flat(rounded).array()))
                    .isLessThan(cache);
        }
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void sixteenBitsStayCloseToTransformersInEveryFamily(String name) throws IOException {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        for (Precision precision : List.of(Precision.FP16, Precision.BF16)) {
            double error = 0;
            try (DecoderSession session = load(golden.checkpoint(), precision, longest(golden))) {
                for (int i = 0; i < golden.prompts().length; i++) {
                    FloatBuffer logits = prefill(session, i % SLOTS, 0, golden.prompts()[i], true);
                    error = Math.max(error, relativeError(logits, golden.logits()[i]));
                }
            }
            note("pytorch-cuda-" + precision.id(), name, error);
            assertThat(error).as("%s at %s", name, precision).isLessThan(precision == Precision.FP16 ? 0.01 : 0.06);
        }
    }

    @Test
    void aBatchOfManyRowsGivesWhatEachGivesAlone() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 22));
        int rows = 64;
        int[] tokens = tokens(rows, 23);
        Backend.Artifact artifact = backend().compile(model, Precision.FP32, device(), folder.resolve("artifact"));
        try (DecoderSession session = backend().load(artifact, device(), rows, CONTEXT, 1)) {
            List<Segment> all = new ArrayList<>();
            for (int row = 0; row < rows; row++) {
                all.add(Segment.next(row, 0, tokens[row]));
            }
            FloatBuffer logits = session.forward(all);
            for (int row = 0; row < rows; row++) {
                assertThat(largestDifference(logits, row, reference(model, tokens[row])[0]))
                        .isLessThan(TOLERANCE);
            }
        }
    }

    private static double relativeError(FloatBuffer actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual.get(i) - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private static FloatBuffer flat(double[][] rows) {
        float[] values = new float[rows.length * rows[0].length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
        }
        return FloatBuffer.wrap(values);
    }
}
