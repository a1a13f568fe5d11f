package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
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
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions of libtorch, and how its kernels compute at each precision. */
class PyTorchDecoderSessionTest extends SessionContract {
    private static final CpuKernels EXACT =
            new CpuKernels("amd64", new InstructionSets(Set.of("avx512_vnni")), Map.of());
    private static final CpuKernels SATURATING = new CpuKernels("amd64", new InstructionSets(Set.of()), Map.of());

    @Override
    protected Backend backend() {
        return new PyTorchBackend();
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
                double[][] expected = reference(model, rows[row]);
                int half = past[row] / 2;
                if (half > 0) {
                    assertRows(prefill(session, row, 0, Arrays.copyOf(rows[row], half), true), expected, 0, half);
                }
                int[] rest = Arrays.copyOfRange(rows[row], half, past[row]);
                assertRows(prefill(session, row, half, rest, true), expected, half, rest.length);
            }
            decode(session, model, rows, past, SLOTS, 5);
            session.copy(2, 0, past[2]);
            decode(session, model, new int[][] {rows[2]}, new int[] {past[2]}, 1, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, 48, 16, 72",
        "INT8, 48, 16, 72",
        "INT4, 48, 16, 72",
        "INT8, 96, 24, 160",
        "INT4, 96, 24, 160",
    })
    void quantizedLayersComputeWhatTheirPrecisionPromises(
            Precision precision, int hidden, int headSize, int intermediate) throws Exception {
        Checkpoint model = oneLayer(hidden, headSize, intermediate, precision == Precision.INT8);
        int[] tokens = tokens(20, 21);
        double[][] rounded = ReferenceDecoder.logits(model, ReferenceLinear.of(precision), tokens);
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            double[][] logits = rows(prefill(session, 0, 0, tokens, true), rounded);
            assertComputesAs(rounded, logits, relativeError(rounded, reference(model, tokens)));
        }
    }

    /** What stands around a linear layer is exact whatever the precision, and experts' layers are quantized as others are. */
    @ParameterizedTest
    @MethodSource("quantizedMadeUp")
    void biasesAndExpertsAreComputedAtEveryPrecision(String name, Precision precision) throws Exception {
        Checkpoint model = write(TinyModel.random(MadeUpDecoders.all().get(name), 1));
        int[] tokens = tokens(20, 21);
        boolean w8a8 = precision == Precision.W8A8;
        double[][] rounded = ReferenceDecoder.logits(
                model, w8a8 ? ReferenceLinear.w8a8(7, false) : ReferenceLinear.of(precision), tokens);
        try (DecoderSession session = w8a8 ? loadW8a8(model, 7) : load(model, precision, CONTEXT)) {
            double[][] logits =
                    w8a8 ? oneAfterTheOther(session, tokens) : rows(prefill(session, 0, 0, tokens, true), rounded);
            assertComputesAs(rounded, logits, relativeError(rounded, reference(model, tokens)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "INT8", "INT4"})
    void anEncoderAndWhatReadsItAreQuantizedAsThePrecisionPromises(Precision precision) {
        GoldenFixture golden = GoldenFixture.open("flan-t5", folder);
        int[] prompt = golden.prompts()[3];
        double[][] rounded = ReferenceDecoder.logits(golden.checkpoint(), ReferenceLinear.of(precision), prompt);
        try (DecoderSession session = load(golden.checkpoint(), precision, prompt.length)) {
            double[][] logits = rows(prefill(session, 0, 0, prompt, true), rounded);
            assertThat(relativeError(logits, rounded))
                    .isLessThan(relativeError(rounded, reference(golden.checkpoint(), prompt)) / 1.5);
        }
    }

    static List<Arguments> quantizedMadeUp() {
        List<Arguments> cases = new ArrayList<>();
        for (String name :
                List.of("biases everywhere", "an embedding with everything", "experts with biases and a post norm")) {
            for (Precision precision : List.of(Precision.BF16, Precision.INT8, Precision.W8A8, Precision.INT4)) {
                cases.add(Arguments.of(name, precision));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @CsvSource({"8, 48, 16, 72", "7, 48, 16, 72", "8, 96, 24, 160", "7, 96, 24, 160"})
    void bytesTimesBytesAreSummedAsThisProcessorSumsThem(int bits, int hidden, int headSize, int intermediate)
            throws Exception {
        Checkpoint model = oneLayer(hidden, headSize, intermediate, false);
        int[] tokens = tokens(20, 21);
        boolean saturating = CpuKernels.ofThisProcess().byteProductsMaySaturate();
        double[][] modelled = ReferenceDecoder.logits(model, ReferenceLinear.w8a8(bits, saturating), tokens);
        double[][] unclamped = ReferenceDecoder.logits(model, ReferenceLinear.w8a8(bits, false), tokens);
        double[][] wholeActivations =
                ReferenceDecoder.logits(model, ReferenceLinear.w8a8WithExactActivations(), tokens);
        try (DecoderSession session = loadW8a8(model, bits)) {
            double[][] logits = oneAfterTheOther(session, tokens);
            double rounding = relativeError(unclamped, wholeActivations);
            assertComputesAs(modelled, logits, rounding);
            if (!saturating || bits == 7) {
                // Together they share the scale of the largest, which rounds a little more.
                double[][] together = rows(prefill(session, 1, 0, tokens, true), modelled);
                assertThat(relativeError(together, modelled)).isLessThan(3 * rounding);
            }
        }
        assertThat(relativeError(modelled, unclamped) > 0)
                .as("clamping shows with eight bits and never with seven")
                .isEqualTo(saturating && bits == 8);
    }

    /**
     * The kernel must differ from the model of its arithmetic by far less than the model's rounding amounts to: a few values may
     * lie so close to the middle between two steps that the last digit decides, more than that is another arithmetic.
     */
    private static void assertComputesAs(double[][] modelled, double[][] logits, double rounding) {
        assertThat(rounding).as("what rounding does to the logits").isGreaterThan(1e-3);
        assertThat(relativeError(logits, modelled)).isLessThan(rounding / 4);
    }

    private Checkpoint oneLayer(int hidden, int headSize, int intermediate, boolean tied) throws IOException {
        return write(TinyModel.random(TinyModel.llama(hidden, 1, 4, 2, headSize, intermediate, tied), 20));
    }

    private DecoderSession loadW8a8(Checkpoint model, int bits) {
        PyTorchBackend chosen = new PyTorchBackend(bits == 8 ? EXACT : SATURATING);
        Backend.Artifact artifact =
                chosen.compile(model, Precision.W8A8, "cpu", folder.resolve("artifact-of-" + bits + "-bits"));
        return chosen.load(artifact, "cpu", SLOTS, CONTEXT, 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "INT8", "INT4"})
    void neighboursInTheBatchChangeNoMoreThanRounding(Precision precision) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 22));
        int[][] prompts = {tokens(6, 23), tokens(21, 24), tokens(33, 25), tokens(14, 26)};
        int[] past = {6, 21, 33, 14};
        int[] next = {1, 2, 3, 4};
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            double[][] alone = new double[SLOTS][session.vocabularySize()];
            for (int row = 0; row < SLOTS; row++) {
                prefill(session, 0, 0, prompts[row], false);
                FloatBuffer logits = step(session, 1, new int[] {next[row]}, new int[] {past[row]});
                for (int i = 0; i < alone[row].length; i++) {
                    alone[row][i] = logits.get(i);
                }
            }
            for (int row = 0; row < SLOTS; row++) {
                prefill(session, row, 0, prompts[row], false);
            }
            assertThat(relativeError(rows(step(session, SLOTS, next, past), alone), alone))
                    .isLessThan(0.01);
        }
    }

    @Test
    void aLongPromptInOneCallAgreesWithTheReference() throws Exception {
        Checkpoint model = write(TinyModel.random(MadeUpDecoders.all().get("windows"), 34));
        int[] tokens = tokens(1_100, 35);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model, Precision.FP32, tokens.length)) {
            assertRows(prefill(session, 1, 0, tokens, false), expected, tokens.length - 1, 1);
            assertRows(prefill(session, 0, 0, tokens, true), expected, 0, tokens.length);
        }
    }

    /** Shown by a token after eight that were never given: it answers as it does where nothing has ever been. */
    @Test
    void aClearedSlotHoldsZerosAndItsNeighboursStay() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 36));
        int[] tokens = tokens(12, 37);
        try (DecoderSession untouched = load(model);
                DecoderSession session = load(model)) {
            for (int slot = 0; slot < SLOTS; slot++) {
                prefill(session, slot, 0, tokens, false);
            }
            untouched.clear(1);
            session.clear(1);
            double[][] expected = new double[1][session.vocabularySize()];
            FloatBuffer ofZeros = prefill(untouched, 1, 8, new int[] {5}, false);
            for (int i = 0; i < expected[0].length; i++) {
                expected[0][i] = ofZeros.get(i);
            }
            assertRows(prefill(session, 1, 8, new int[] {5}, false), expected, 0, 1);
            double[][] whole = reference(model, tokens);
            int last = tokens.length - 1;
            assertRows(prefill(session, 0, last, new int[] {tokens[last]}, false), whole, last, 1);
            assertRows(prefill(session, 2, last, new int[] {tokens[last]}, false), whole, last, 1);
        }
    }

    @Test
    void logitsLieInDirectMemoryAndAClosedSessionHoldsNoHandles() throws Exception {
        PyTorchDecoderSession session =
                (PyTorchDecoderSession) load(write(TinyModel.random(TinyModel.llama(4, 2, false), 33)));
        assertThat(step(session, 1, new int[] {1}, new int[] {0}).isDirect()).isTrue();
        assertThat(session.handles()).isPositive();
        session.close();
        assertThat(session.handles()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "W8A8", "INT4"})
    void theNumberOfNativeHandlesStaysFlat(Precision precision) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 29));
        try (PyTorchDecoderSession session = (PyTorchDecoderSession) load(model, precision, CONTEXT)) {
            prefill(session, 0, 0, tokens(30, 30), true);
            int before = session.handles();
            for (int round = 0; round < 50; round++) {
                prefill(session, round % SLOTS, 0, tokens(5 + round % 40, round), round % 2 == 0);
                step(session, 1 + round % SLOTS, new int[] {1, 2, 3, 4}, new int[] {3, 4, 5, 6});
                session.copy(0, 1 + round % 3, 4);
                session.clear(round % SLOTS);
            }
            assertThat(session.handles()).isEqualTo(before);
        }
    }

    /** At w8a8 the tokens of one call share the scale of their activations, which the reference knows of one token alone. */
    private static double[][] oneAfterTheOther(DecoderSession session, int[] tokens) {
        double[][] rows = new double[tokens.length][session.vocabularySize()];
        for (int at = 0; at < tokens.length; at++) {
            FloatBuffer logits = prefill(session, 0, at, new int[] {tokens[at]}, false);
            for (int i = 0; i < rows[at].length; i++) {
                rows[at][i] = logits.get(i);
            }
        }
        return rows;
    }

    /** Logits in the shape of others. */
    private static double[][] rows(FloatBuffer logits, double[][] like) {
        double[][] rows = new double[like.length][like[0].length];
        for (int row = 0; row < rows.length; row++) {
            for (int i = 0; i < rows[row].length; i++) {
                rows[row][i] = logits.get(row * rows[row].length + i);
            }
        }
        return rows;
    }

    private static double relativeError(double[][] actual, double[][] expected) {
        double difference = 0;
        double norm = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                difference += Math.pow(actual[row][i] - expected[row][i], 2);
                norm += expected[row][i] * expected[row][i];
            }
        }
        return Math.sqrt(difference / norm);
    }
}
