package dev.weighbridge.engines.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.InstructionSets;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions over small random models, held against a decoder in plain Java. */
class PyTorchDecoderSessionTest {
    private static final int SLOTS = 4;
    private static final int CONTEXT = 64;
    private static final double TOLERANCE = 1e-4;
    private static final CpuKernels EXACT =
            new CpuKernels("amd64", new InstructionSets(Set.of("avx512_vnni")), Map.of());
    private static final CpuKernels SATURATING = new CpuKernels("amd64", new InstructionSets(Set.of()), Map.of());

    private final PyTorchBackend backend = new PyTorchBackend();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"4,4,false", "4,2,false", "4,1,false", "4,2,true", "6,3,false"})
    void prefillAgreesWithTheReferenceForEveryToken(int heads, int keyValueHeads, boolean tied) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(heads, keyValueHeads, tied), 1);
        int[] tokens = tokens(33, 2);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model, Precision.FP32)) {
            assertRows(session.prefill(2, 0, tokens, true), expected, 0, tokens.length);
            FloatBuffer last = session.prefill(1, 0, tokens, false);
            assertThat(last.limit()).isEqualTo(session.vocabularySize());
            assertThat(last.isDirect()).isTrue();
            assertRows(last, expected, tokens.length - 1, 1);
        }
    }

    @Test
    void aPromptInChunksAgreesWithTheReference() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 3);
        int[] tokens = tokens(40, 4);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model, Precision.FP32)) {
            int past = 0;
            for (int length : new int[] {1, 16, 7, 1, 15}) {
                int[] chunk = Arrays.copyOfRange(tokens, past, past + length);
                assertRows(session.prefill(3, past, chunk, true), expected, past, length);
                past += length;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"4,4", "4,2", "4,1"})
    void rowsOfDifferentLengthsDecodeTogether(int heads, int keyValueHeads) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(heads, keyValueHeads, false), 5);
        int[][] rows = {tokens(13, 6), tokens(25, 7), tokens(41, 8), tokens(8, 9)};
        try (DecoderSession session = load(model, Precision.FP32)) {
            int[] past = {5, 17, 33, 0};
            for (int row = 0; row < 3; row++) {
                session.prefill(row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            // The last row starts from nothing, by decoding alone.
            decode(session, model, rows, past, SLOTS, 8);
        }
    }

    @Test
    void aSlotCanBeFreedByCopyingTheLastOneOverItAndFilledAnew() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 10);
        int[][] rows = {tokens(20, 11), tokens(30, 12), tokens(40, 13)};
        try (DecoderSession session = load(model, Precision.FP32)) {
            int[] past = {5, 17, 33};
            for (int row = 0; row < rows.length; row++) {
                session.prefill(row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            decode(session, model, rows, past, 3, 3);
            session.copySlot(2, 0, past[2]);
            rows[0] = rows[2];
            past[0] = past[2];
            rows[2] = tokens(12, 14);
            past[2] = 9;
            session.prefill(2, 0, Arrays.copyOf(rows[2], past[2]), false);
            decode(session, model, rows, past, 3, 3);
            decode(session, model, rows, past, 1, 1);
        }
    }

    @Test
    void aLongerSequenceLeavesNothingBehindInItsSlot() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 15);
        int[] shorter = tokens(9, 16);
        try (DecoderSession session = load(model, Precision.FP32)) {
            session.prefill(0, 0, tokens(CONTEXT, 17), false);
            session.prefill(0, 0, Arrays.copyOf(shorter, 4), false);
            decode(session, model, new int[][] {shorter}, new int[] {4}, 1, 5);
        }
    }

    @Test
    void aSlotCanBeFilledToTheLastToken() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 18);
        int[] tokens = tokens(CONTEXT, 19);
        try (DecoderSession session = load(model, Precision.FP32)) {
            session.prefill(SLOTS - 1, 0, Arrays.copyOf(tokens, CONTEXT - 1), false);
            session.copySlot(SLOTS - 1, 0, CONTEXT - 1);
            decode(session, model, new int[][] {tokens}, new int[] {CONTEXT - 1}, 1, 1);
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
        TinyModel model = oneLayer(hidden, headSize, intermediate, precision == Precision.INT8);
        int[] tokens = tokens(20, 21);
        double[][] rounded = new ReferenceDecoder(model, ReferenceLinear.of(precision)).logits(tokens);
        try (DecoderSession session = load(model, precision)) {
            FloatBuffer logits = session.prefill(0, 0, tokens, true);
            assertComputesAs(rounded, logits, relativeError(rounded, reference(model, tokens)));
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 48, 16, 72", "7, 48, 16, 72", "8, 96, 24, 160", "7, 96, 24, 160"})
    void bytesTimesBytesAreSummedAsThisProcessorSumsThem(int bits, int hidden, int headSize, int intermediate)
            throws Exception {
        TinyModel model = oneLayer(hidden, headSize, intermediate, false);
        int[] tokens = tokens(20, 21);
        boolean saturating = CpuKernels.ofThisProcess().byteProductsMaySaturate();
        double[][] modelled = new ReferenceDecoder(model, ReferenceLinear.w8a8(bits, saturating)).logits(tokens);
        double[][] unclamped = new ReferenceDecoder(model, ReferenceLinear.w8a8(bits, false)).logits(tokens);
        double[][] wholeActivations =
                new ReferenceDecoder(model, ReferenceLinear.w8a8WithExactActivations()).logits(tokens);
        try (DecoderSession session = loadW8a8(model, bits)) {
            FloatBuffer logits = session.prefill(0, 0, tokens, true);
            assertComputesAs(modelled, logits, relativeError(unclamped, wholeActivations));
        }
        assertThat(relativeError(modelled, unclamped) > 0)
                .as("clamping shows with eight bits and never with seven")
                .isEqualTo(saturating && bits == 8);
    }

    /**
     * The kernel must differ from the model of its arithmetic by far less than the model's rounding amounts to: a few values may
     * lie so close to the middle between two steps that the last digit decides, more than that is another arithmetic.
     */
    private static void assertComputesAs(double[][] modelled, FloatBuffer logits, double rounding) {
        assertThat(rounding).as("what rounding does to the logits").isGreaterThan(1e-3);
        assertThat(relativeError(logits, modelled)).isLessThan(rounding / 4);
    }

    private static TinyModel oneLayer(int hidden, int headSize, int intermediate, boolean tied) {
        return TinyModel.random(
                new DecoderDefinition(
                        TinyModel.VOCABULARY, hidden, 1, 4, 2, headSize, intermediate, 1e-5, 10_000, CONTEXT, tied),
                20);
    }

    private DecoderSession loadW8a8(TinyModel model, int bits) throws IOException {
        PyTorchBackend chosen = new PyTorchBackend(bits == 8 ? EXACT : SATURATING);
        Backend.Artifact artifact = chosen.compile(
                model.write(folder.resolve("model")), Precision.W8A8, "cpu", folder.resolve("artifact-" + bits));
        return chosen.load(artifact, "cpu", SLOTS, CONTEXT, 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "INT8", "INT4"})
    void neighboursInTheBatchChangeNoMoreThanRounding(Precision precision) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 22);
        int[][] prompts = {tokens(6, 23), tokens(21, 24), tokens(33, 25), tokens(14, 26)};
        int[] past = {6, 21, 33, 14};
        int[] next = {1, 2, 3, 4};
        try (DecoderSession session = load(model, precision)) {
            double[][] alone = new double[SLOTS][session.vocabularySize()];
            for (int row = 0; row < SLOTS; row++) {
                session.prefill(0, 0, prompts[row], false);
                FloatBuffer logits = session.step(1, new int[] {next[row]}, new int[] {past[row]});
                for (int i = 0; i < alone[row].length; i++) {
                    alone[row][i] = logits.get(i);
                }
            }
            for (int row = 0; row < SLOTS; row++) {
                session.prefill(row, 0, prompts[row], false);
            }
            assertThat(relativeError(session.step(SLOTS, next, past), alone)).isLessThan(0.01);
        }
    }

    @Test
    void severalThreadsGiveTheSameAnswer() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 27);
        int[] tokens = tokens(30, 28);
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model")), Precision.FP32, "cpu", folder.resolve("artifact"));
        try (DecoderSession session = backend.load(artifact, "cpu", 1, CONTEXT, 2)) {
            assertRows(session.prefill(0, 0, tokens, true), reference(model, tokens), 0, tokens.length);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "W8A8", "INT4"})
    void theNumberOfNativeHandlesStaysFlat(Precision precision) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 29);
        try (PyTorchDecoderSession session = load(model, precision)) {
            session.prefill(0, 0, tokens(30, 30), true);
            int before = session.handles();
            for (int round = 0; round < 50; round++) {
                session.prefill(round % SLOTS, 0, tokens(5 + round % 40, round), round % 2 == 0);
                session.step(1 + round % SLOTS, new int[] {1, 2, 3, 4}, new int[] {3, 4, 5, 6});
                session.copySlot(0, 1 + round % 3, 4);
            }
            assertThat(session.handles()).isEqualTo(before);
        }
    }

    @Test
    void requestsThatDoNotFitAreRefusedAndTheSessionGoesOn() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 31);
        try (DecoderSession session = load(model, Precision.FP32)) {
            assertRefused(() -> session.prefill(SLOTS, 0, new int[] {1}, false), "slot 4");
            assertRefused(() -> session.prefill(-1, 0, new int[] {1}, false), "slot -1");
            assertRefused(() -> session.prefill(0, 60, new int[] {1, 2, 3, 4, 5}, false), "5 tokens after 60");
            assertRefused(() -> session.prefill(0, 0, new int[0], false), "0 tokens");
            assertRefused(() -> session.prefill(0, -1, new int[] {1}, false), "after -1");
            assertRefused(() -> session.prefill(0, 0, new int[] {-1}, false), "token -1");
            assertRefused(() -> session.step(1, new int[] {97}, new int[] {1}), "token 97");
            assertRefused(() -> session.step(0, new int[0], new int[0]), "0 rows");
            assertRefused(() -> session.step(5, new int[5], new int[5]), "slot 4");
            assertRefused(() -> session.step(1, new int[] {1}, new int[] {CONTEXT}), "after 64");
            assertRefused(() -> session.copySlot(0, 1, CONTEXT + 1), "65 tokens");
            assertRefused(() -> session.copySlot(0, SLOTS, 1), "slot 4");
            int[] tokens = tokens(8, 32);
            assertRows(session.prefill(0, 0, tokens, true), reference(model, tokens), 0, tokens.length);
        }
    }

    @Test
    void aClosedSessionSaysSoAndClosesAgainWithoutEffect() throws Exception {
        PyTorchDecoderSession session = load(TinyModel.random(TinyModel.definition(4, 2, false), 33), Precision.FP32);
        session.step(1, new int[] {1}, new int[] {0});
        session.close();
        session.close();
        assertThat(session.handles()).isZero();
        assertThatThrownBy(() -> session.step(1, new int[] {1}, new int[] {0}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("closed");
    }

    private PyTorchDecoderSession load(TinyModel model, Precision precision) throws IOException {
        Backend.Artifact artifact =
                backend.compile(model.write(folder.resolve("model")), precision, "cpu", folder.resolve("artifact"));
        return (PyTorchDecoderSession) backend.load(artifact, "cpu", SLOTS, CONTEXT, 1);
    }

    private static void decode(
            DecoderSession session, TinyModel model, int[][] rows, int[] past, int count, int steps) {
        for (int step = 0; step < steps; step++) {
            int[] next = new int[count];
            for (int row = 0; row < count; row++) {
                next[row] = rows[row][past[row]];
            }
            FloatBuffer logits = session.step(count, next, past);
            assertThat(logits.position()).isZero();
            assertThat(logits.limit()).isEqualTo(count * session.vocabularySize());
            for (int row = 0; row < count; row++) {
                double[][] expected = reference(model, Arrays.copyOf(rows[row], past[row] + 1));
                assertThat(largestDifference(logits, row, expected[past[row]])).isLessThan(TOLERANCE);
                past[row]++;
            }
        }
    }

    private static double[][] reference(TinyModel model, int[] tokens) {
        return new ReferenceDecoder(model, ReferenceLinear.of(Precision.FP32)).logits(tokens);
    }

    private static int[] tokens(int count, int seed) {
        return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
    }

    private static void assertRows(FloatBuffer logits, double[][] expected, int from, int count) {
        assertThat(logits.position()).isZero();
        assertThat(logits.limit()).isEqualTo(count * expected[from].length);
        for (int row = 0; row < count; row++) {
            assertThat(largestDifference(logits, row, expected[from + row])).isLessThan(TOLERANCE);
        }
    }

    private static double largestDifference(FloatBuffer logits, int row, double[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(logits.get(row * expected.length + i) - expected[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    private static double relativeError(FloatBuffer logits, double[][] expected) {
        double[][] actual = new double[expected.length][expected[0].length];
        for (int row = 0; row < actual.length; row++) {
            for (int i = 0; i < actual[row].length; i++) {
                actual[row][i] = logits.get(row * actual[row].length + i);
            }
        }
        return relativeError(actual, expected);
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

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST))
                .hasMessageContaining(message);
    }
}
