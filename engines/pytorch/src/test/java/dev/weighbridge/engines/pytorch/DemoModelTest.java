package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trained model that comes with the project. */
class DemoModelTest {
    private static final Path DEMO = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    @TempDir
    Path folder;

    @Test
    void fp32GivesTheReferencesDistributions() throws IOException {
        Checkpoint checkpoint = CheckpointReader.read(DEMO);
        int[] tokens = tokens(checkpoint);
        double[][] exact = logits(checkpoint, ReferenceLinear.of(Precision.FP32), tokens);

        assertThat(divergence(exact, session(checkpoint, Precision.FP32, tokens)))
                .isLessThan(1e-8);
    }

    /** What the kernels add to the rounding that a precision promises must be small beside it. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "INT8", "W8A8", "INT4"})
    void everyPrecisionStaysAsCloseAsItsRoundingAllows(Precision precision) throws IOException {
        Checkpoint checkpoint = CheckpointReader.read(DEMO);
        int[] tokens = tokens(checkpoint);
        double[][] exact = logits(checkpoint, ReferenceLinear.of(Precision.FP32), tokens);
        double[][] rounded = logits(checkpoint, rounding(precision), tokens);
        double[][] actual = session(checkpoint, precision, tokens);

        double ofRounding = divergence(exact, rounded);
        assertThat(ofRounding).isGreaterThan(1e-5);
        assertThat(divergence(rounded, actual)).isLessThan(ofRounding / 4);
    }

    private static ReferenceDecoder.Linear rounding(Precision precision) {
        return precision == Precision.W8A8
                ? ReferenceLinear.w8a8(CpuKernels.ofThisProcess().byteProductsMaySaturate() ? 7 : 8, false)
                : ReferenceLinear.of(precision);
    }

    private static int[] tokens(Checkpoint checkpoint) {
        return new Random(1)
                .ints(48, 3, checkpoint.definition().vocabularySize())
                .toArray();
    }

    private static double[][] logits(Checkpoint checkpoint, ReferenceDecoder.Linear linear, int[] tokens) {
        return ReferenceDecoder.logits(checkpoint, linear, tokens);
    }

    private double[][] session(Checkpoint checkpoint, Precision precision, int[] tokens) {
        PyTorchBackend backend = new PyTorchBackend();
        Backend.Artifact artifact = backend.compile(checkpoint, precision, "cpu", folder.resolve(precision.id()));
        try (DecoderSession session = backend.load(artifact, "cpu", 1, tokens.length, 1)) {
            double[][] rows = new double[tokens.length][session.vocabularySize()];
            // At w8a8 the tokens of one call share a scale, which the reference knows of one token alone.
            int chunk = precision == Precision.W8A8 ? 1 : tokens.length;
            for (int at = 0; at < tokens.length; at += chunk) {
                FloatBuffer logits = session.prefill(0, at, Arrays.copyOfRange(tokens, at, at + chunk), true);
                for (int row = at; row < at + chunk; row++) {
                    for (int i = 0; i < rows[row].length; i++) {
                        rows[row][i] = logits.get();
                    }
                }
            }
            return rows;
        }
    }

    /** Mean Kullback-Leibler divergence, in nats, of next-token distributions from the expected ones. */
    private static double divergence(double[][] expected, double[][] actual) {
        double sum = 0;
        for (int row = 0; row < expected.length; row++) {
            double[] reference = logProbabilities(expected[row]);
            double[] given = logProbabilities(actual[row]);
            for (int i = 0; i < given.length; i++) {
                sum += Math.exp(reference[i]) * (reference[i] - given[i]);
            }
        }
        return sum / expected.length;
    }

    private static double[] logProbabilities(double[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - largest);
        }
        double[] logProbabilities = new double[logits.length];
        for (int i = 0; i < logits.length; i++) {
            logProbabilities[i] = logits[i] - largest - Math.log(sum);
        }
        return logProbabilities;
    }
}
