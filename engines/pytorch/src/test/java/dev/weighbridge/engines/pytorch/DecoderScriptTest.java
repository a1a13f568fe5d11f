package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Precision;
import dev.weighbridge.engines.pytorch.archive.TorchScriptArchive;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderScriptTest {
    private static final Definition DEFINITION = TinyModel.llama(4, 2, true);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void nothingOfTheTemplateIsLeftOpen(Precision precision) {
        for (boolean cuda : new boolean[] {false, true}) {
            assertThat(DecoderScript.of(DEFINITION, precision, cuda, true).source())
                    .doesNotContain("@", "{}");
        }
    }

    @Test
    void sevenBitActivationsAreAskedForOnlyWhereProductsSaturate() {
        assertThat(DecoderScript.of(DEFINITION, Precision.W8A8, false, true).source())
                .isNotEqualTo(DecoderScript.of(DEFINITION, Precision.W8A8, false, false)
                        .source());
    }

    /** Shows that the operators exist and what is computed, not that a device computes it. */
    @ParameterizedTest
    @CsvSource({"FP32, 1e-5", "BF16, 5e-2", "FP16, 5e-3"})
    void theScriptForCudaComputesTheSameWhereItsTensorsAreOnTheCpu(Precision precision, double tolerance)
            throws Exception {
        assertSame("Llama", DEFINITION, precision, tolerance);
        // Their scores are computed in another way where the cache is narrow, or never in one kernel.
        for (String name : List.of("linear biases", "scores scaled and capped")) {
            assertSame(name, MadeUpDecoders.all().get(name), precision, tolerance);
        }
    }

    private void assertSame(String name, Definition definition, Precision precision, double tolerance)
            throws Exception {
        Checkpoint model = TinyModel.random(definition, 1).write(folder.resolve(name), "F32");
        int[] tokens = new Random(2).ints(20, 0, TinyModel.VOCABULARY).toArray();
        double[][] expected = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, tokens);
        try (PyTorchDecoderSession session = onTheCpu(model, precision)) {
            int last = tokens.length - 1;
            int[] prompt = Arrays.copyOf(tokens, last);
            session.forward(List.of(new Segment(0, 0, prompt, Segment.Wanted.LAST)));
            assertThat(relativeError(
                            session.forward(List.of(new Segment(1, 0, prompt, Segment.Wanted.LAST))),
                            expected[last - 1]))
                    .as(name)
                    .isLessThan(tolerance);
            FloatBuffer rows =
                    session.forward(List.of(Segment.next(0, last, tokens[last]), Segment.next(1, last, tokens[last])));
            assertThat(relativeError(rows, expected[last])).as(name).isLessThan(tolerance);
            session.copy(1, 0, last);
            FloatBuffer row = session.forward(List.of(Segment.next(0, last, tokens[last])));
            assertThat(relativeError(row, expected[last])).as(name).isLessThan(tolerance);
        }
    }

    private static PyTorchDecoderSession onTheCpu(Checkpoint model, Precision precision) throws Exception {
        DecoderScript script = DecoderScript.of(model.definition(), precision, true, false);
        byte[] archive = TorchScriptArchive.of(DecoderScript.CLASS_NAME, script.source());
        DecoderModule module = new DecoderModule(PyTorchLibrary.newManager("cpu"), script, archive, model.weights());
        return new PyTorchDecoderSession(module, script, model.weights(), TinyModel.VOCABULARY, 2, 32);
    }

    /** Of every row to the same expectation. */
    private static double relativeError(FloatBuffer logits, double[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < logits.limit(); i++) {
            double wanted = expected[i % expected.length];
            difference += Math.pow(logits.get(i) - wanted, 2);
            norm += wanted * wanted;
        }
        return Math.sqrt(difference / norm);
    }
}
