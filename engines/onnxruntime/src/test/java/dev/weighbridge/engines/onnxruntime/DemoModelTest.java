package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
        Checkpoint checkpoint = copy();
        int[] tokens = tokens(checkpoint);

        assertThat(divergence(
                        reference(checkpoint, Precision.FP32, tokens), session(checkpoint, Precision.FP32, tokens)))
                .isLessThan(1e-8);
    }

    /** What the kernels add to the rounding that a precision promises must be small beside it. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "W8A8", "INT4"})
    void everyPrecisionStaysAsCloseAsItsRoundingAllows(Precision precision) throws IOException {
        Checkpoint checkpoint = copy();
        int[] tokens = tokens(checkpoint);
        double[][] exact = reference(checkpoint, Precision.FP32, tokens);
        double[][] rounded = reference(checkpoint, precision, tokens);

        double ofRounding = divergence(exact, rounded);
        assertThat(ofRounding).isGreaterThan(1e-5);
        assertThat(divergence(rounded, session(checkpoint, precision, tokens))).isLessThan(ofRounding / 4);
    }

    /** A copy, because training replaces the file, and the mapped weights must be those that were read. */
    private Checkpoint copy() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("model"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DEMO)) {
            for (Path file : files) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return CheckpointReader.read(copy);
    }

    private static int[] tokens(Checkpoint checkpoint) {
        return new Random(1)
                .ints(48, 3, checkpoint.definition().vocabularySize())
                .toArray();
    }

    private static double[][] reference(Checkpoint checkpoint, Precision precision, int[] tokens) {
        return ReferenceDecoder.logits(checkpoint, ReferenceLinear.of(precision), tokens);
    }

    private double[][] session(Checkpoint checkpoint, Precision precision, int[] tokens) {
        OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
        Backend.Artifact artifact = backend.compile(checkpoint, precision, "cpu", folder.resolve(precision.id()));
        try (DecoderSession session = backend.load(artifact, "cpu", 1, tokens.length, 1)) {
            FloatBuffer logits = session.prefill(0, 0, tokens, true);
            double[][] rows = new double[tokens.length][session.vocabularySize()];
            for (double[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = logits.get();
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
