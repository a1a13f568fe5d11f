package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions over small random models, held against a decoder in plain Java. */
class OnnxDecoderSessionTest {
    private static final int SLOTS = 4;
    private static final int CONTEXT = 64;
    private static final double TOLERANCE = 1e-4;
    /** Relative to what is computed; a float holds 24 bits, about 6e-8. */
    private static final double LAST_DIGITS = 1e-6;

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"4,4,false", "4,2,false", "4,1,false", "4,2,true", "6,3,false"})
    void prefillAgreesWithTheReferenceForEveryToken(int heads, int keyValueHeads, boolean tied) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(heads, keyValueHeads, tied), 1);
        int[] tokens = tokens(33, 2);
        try (DecoderSession session = load(model, Precision.FP32)) {
            assertRows(session.prefill(2, 0, tokens, true), reference(model, tokens), 0, tokens.length);
            FloatBuffer last = session.prefill(1, 0, tokens, false);
            assertThat(last.limit()).isEqualTo(session.vocabularySize());
            assertThat(last.isDirect()).isTrue();
            assertRows(last, reference(model, tokens), tokens.length - 1, 1);
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

    @Test
    void rowsOfDifferentLengthsDecodeTogether() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 5);
        int[][] rows = {tokens(15, 6), tokens(27, 7), tokens(43, 8), tokens(10, 9)};
        try (DecoderSession session = load(model, Precision.FP32)) {
            int[] past = {5, 17, 33, 0};
            for (int row = 0; row < 3; row++) {
                session.prefill(row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            // The last row starts from nothing, by decoding alone.
            decode(session, model, rows, past, SLOTS, 10);
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
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4", "W8A8"})
    void quantizedLayersComputeWhatTheirPrecisionPromises(Precision precision) throws Exception {
        // Neither width is a multiple of the block, and one layer leaves rounding of activations no room to spread.
        DecoderDefinition definition =
                new DecoderDefinition(97, 48, 1, 4, 2, 16, 72, 1e-5, 10_000, CONTEXT, precision == Precision.INT8);
        TinyModel model = TinyModel.random(definition, 20);
        int[] tokens = tokens(20, 21);
        double[][] exact = reference(model, tokens);
        double[][] rounded = new ReferenceDecoder(model, ReferenceLinear.of(precision)).logits(tokens);
        try (DecoderSession session = load(model, precision)) {
            FloatBuffer logits = session.prefill(0, 0, tokens, true);
            // An activation halfway between two steps may go either way; then that token is off, not all of them.
            long agreeing = 0;
            for (int row = 0; row < tokens.length; row++) {
                agreeing += largestDifference(logits, row, rounded[row]) < TOLERANCE ? 1 : 0;
            }
            assertThat(agreeing).isGreaterThanOrEqualTo(tokens.length * 3L / 4);
            // What the kernel adds to the rounding that is promised must be small beside it.
            double rounding = relativeError(rounded, exact);
            assertThat(rounding).isGreaterThan(1e-3);
            assertThat(relativeError(logits, rounded)).isLessThan(rounding / 4);
        }
    }

    /** Kernels for one row and for several may add products in another order, so that the last digits differ, and no others. */
    @Test
    void floatsDoNotDependOnTheNeighboursInTheBatch() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 22);
        try (DecoderSession session = load(model, Precision.FP32)) {
            Neighbours neighbours = Neighbours.of(session);
            assertThat(relativeError(neighbours.together, neighbours.alone)).isLessThan(LAST_DIGITS);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4", "W8A8"})
    void activationsAreRoundedByTheirOwnRowWhateverItsNeighbours(Precision precision) throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 22);
        try (DecoderSession session = load(model, precision)) {
            assertRoundedByRow(session, model, precision);
        }
    }

    /** What processors do that cannot multiply mixed bytes exactly, on any processor. */
    @Test
    void unsignedActivationsAreRoundedByTheirOwnRowWhateverItsNeighbours() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 22);
        try (DecoderSession session = loadW8a8WithoutMixedBytes(model)) {
            assertRoundedByRow(session, model, Precision.W8A8);
        }
    }

    /**
     * Sums of products of bytes are exact integers, but kernels for one row and for several may scale them in another order:
     * then an activation between two steps may go the other way, and that is all. A scale shared by the rows of a batch would
     * round every activation anew, which is many times as much.
     */
    private static void assertRoundedByRow(DecoderSession session, TinyModel model, Precision precision) {
        int[] tokens = Neighbours.PROMPTS[2];
        double rounding = relativeError(
                new ReferenceDecoder(model, ReferenceLinear.of(precision)).logits(tokens),
                new ReferenceDecoder(model, ReferenceLinear.withExactActivations(precision)).logits(tokens));
        Neighbours neighbours = Neighbours.of(session);
        assertThat(rounding).isGreaterThan(1e-3);
        assertThat(relativeError(neighbours.together, neighbours.alone)).isLessThan(rounding / 4);
    }

    /** The same step of four sequences, each by itself and all in one batch. */
    private record Neighbours(double[][] alone, double[][] together) {
        static final int[][] PROMPTS = {tokens(6, 23), tokens(21, 24), tokens(33, 25), tokens(14, 26)};

        static Neighbours of(DecoderSession session) {
            int[] past = {6, 21, 33, 14};
            int[] next = {1, 2, 3, 4};
            double[][] alone = new double[SLOTS][];
            double[][] together = new double[SLOTS][];
            for (int row = 0; row < SLOTS; row++) {
                session.prefill(0, 0, PROMPTS[row], false);
                alone[row] = row(session.step(1, new int[] {next[row]}, new int[] {past[row]}), 0, session);
            }
            for (int row = 0; row < SLOTS; row++) {
                session.prefill(row, 0, PROMPTS[row], false);
            }
            FloatBuffer logits = session.step(SLOTS, next, past);
            for (int row = 0; row < SLOTS; row++) {
                together[row] = row(logits, row, session);
            }
            return new Neighbours(alone, together);
        }
    }

    private DecoderSession loadW8a8WithoutMixedBytes(TinyModel model) throws Exception {
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model"), "F32"), Precision.W8A8, "cpu", folder.resolve("artifact"));
        return new OnnxDecoderSession(
                OnnxRuntimeLibrary.engine().newBaseManager(),
                OnnxRuntimeBackend.open(artifact, 1, false),
                model.definition(),
                RotaryTables.of(model.definition(), CONTEXT),
                SLOTS,
                CONTEXT);
    }

    @Test
    void severalThreadsGiveTheSameAnswer() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 27);
        int[] tokens = tokens(30, 28);
        Backend.Artifact artifact =
                backend.compile(model.write(folder.resolve("model"), "F32"), Precision.FP32, "cpu", folder);
        try (DecoderSession session = backend.load(artifact, "cpu", 1, CONTEXT, 2)) {
            assertRows(session.prefill(0, 0, tokens, true), reference(model, tokens), 0, tokens.length);
        }
    }

    @Test
    void djlsPlainPathAgreesWithTheCacheInPlace() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, true), 29);
        Backend.Artifact artifact =
                backend.compile(model.write(folder.resolve("model"), "F32"), Precision.FP32, "cpu", folder);
        int[] tokens = tokens(24, 30);
        RotaryTables rotary = RotaryTables.of(model.definition(), CONTEXT);
        try (DecoderSession session = backend.load(artifact, "cpu", 2, CONTEXT, 1);
                NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
                StockDecoder stock = new StockDecoder(
                        OnnxRuntimeBackend.open(artifact, 1, true), owner, model.definition(), rotary)) {
            int past = 0;
            for (int length : new int[] {9, 1, 6, 1, 1, 6}) {
                int[] chunk = Arrays.copyOfRange(tokens, past, past + length);
                float[] expected = stock.append(chunk);
                FloatBuffer logits = length == 1 && past > 0
                        ? session.step(1, chunk, new int[] {past})
                        : session.prefill(0, past, chunk, false);
                assertThat(largestDifference(logits, 0, expected)).isLessThan(1e-5);
                past += length;
            }
        }
    }

    @Test
    void processorsThatMultiplyMixedBytesInexactlyGetTheSameAnswerAnotherWay() throws Exception {
        TinyModel model = TinyModel.random(TinyModel.definition(4, 2, false), 34);
        Backend.Artifact artifact =
                backend.compile(model.write(folder.resolve("model"), "F32"), Precision.W8A8, "cpu", folder);
        int[] tokens = tokens(12, 35);
        RotaryTables rotary = RotaryTables.of(model.definition(), CONTEXT);
        try (DecoderSession session = backend.load(artifact, "cpu", 2, CONTEXT, 1);
                NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
                StockDecoder unsigned = new StockDecoder(
                        OnnxRuntimeBackend.open(artifact, 1, false), owner, model.definition(), rotary)) {
            float[] expected = unsigned.append(tokens);
            assertThat(largestDifference(session.prefill(0, 0, tokens, false), 0, expected))
                    .isLessThan(1e-5);
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
        DecoderSession session = load(TinyModel.random(TinyModel.definition(4, 2, false), 33), Precision.FP32);
        session.step(1, new int[] {1}, new int[] {0});
        session.close();
        session.close();
        assertThatThrownBy(() -> session.step(1, new int[] {1}, new int[] {0}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("closed");
    }

    private DecoderSession load(TinyModel model, Precision precision) throws IOException {
        Backend.Artifact artifact = backend.compile(
                model.write(folder.resolve("model"), "F32"), precision, "cpu", folder.resolve("artifact"));
        return backend.load(artifact, "cpu", SLOTS, CONTEXT, 1);
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
        return new Random(seed).ints(count, 0, 97).toArray();
    }

    private static double[] row(FloatBuffer logits, int row, DecoderSession session) {
        double[] values = new double[session.vocabularySize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits.get(row * values.length + i);
        }
        return values;
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

    private static double largestDifference(FloatBuffer logits, int row, float[] expected) {
        double[] values = new double[expected.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = expected[i];
        }
        return largestDifference(logits, row, values);
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
