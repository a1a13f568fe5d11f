package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained model that comes with the project. */
class DemoModelTest {
    private static final Path DEMO = Path.of("..", "..", "datasets", "models", "weighbridge-demo");

    @TempDir
    Path folder;

    @Test
    void everyPrecisionStaysCloseToTheReference() throws IOException {
        assumeTrue(Files.isRegularFile(DEMO.resolve("model.safetensors")), "the demo model is not here: " + DEMO);
        Checkpoint checkpoint = CheckpointReader.read(DEMO);
        int[] tokens = new Random(1)
                .ints(48, 3, checkpoint.definition().vocabularySize())
                .toArray();
        double[][] expected =
                new ReferenceDecoder(TinyModel.of(checkpoint), ReferenceLinear.of(Precision.FP32)).logits(tokens);

        assertThat(divergence(checkpoint, Precision.FP32, tokens, expected)).isLessThan(1e-8);
        assertThat(divergence(checkpoint, Precision.BF16, tokens, expected)).isLessThan(0.003);
        assertThat(divergence(checkpoint, Precision.INT8, tokens, expected)).isLessThan(0.01);
        assertThat(divergence(checkpoint, Precision.W8A8, tokens, expected)).isLessThan(0.02);
        assertThat(divergence(checkpoint, Precision.INT4, tokens, expected)).isLessThan(0.1);
    }

    /** Mean Kullback-Leibler divergence, in nats, of a session's next-token distributions from the expected ones. */
    private double divergence(Checkpoint checkpoint, Precision precision, int[] tokens, double[][] expected) {
        PyTorchBackend backend = new PyTorchBackend();
        Backend.Artifact artifact = backend.compile(checkpoint, precision, "cpu", folder.resolve(precision.id()));
        try (DecoderSession session = backend.load(artifact, "cpu", 1, tokens.length, 1)) {
            FloatBuffer logits = session.prefill(0, 0, tokens, true);
            double sum = 0;
            for (double[] row : expected) {
                double[] actual = new double[row.length];
                for (int i = 0; i < actual.length; i++) {
                    actual[i] = logits.get();
                }
                double[] reference = logProbabilities(row);
                double[] given = logProbabilities(actual);
                for (int i = 0; i < actual.length; i++) {
                    sum += Math.exp(reference[i]) * (reference[i] - given[i]);
                }
            }
            return sum / tokens.length;
        }
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
