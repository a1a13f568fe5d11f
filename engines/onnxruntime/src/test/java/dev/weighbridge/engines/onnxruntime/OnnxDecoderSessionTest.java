package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.reference.GoldenFixture;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import dev.weighbridge.inference.reference.ReferenceDecoder.Linear;
import dev.weighbridge.inference.reference.SessionContract;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions over fixtures and small random models. */
class OnnxDecoderSessionTest extends SessionContract {
    /** Relative to what is computed; a float holds 24 bits, about 6e-8. */
    private static final double LAST_DIGITS = 1e-6;

    private final OnnxRuntimeBackend backend = new OnnxRuntimeBackend();

    @Override
    protected Backend backend() {
        return backend;
    }

    @Test
    void logitsAreInDirectMemory() throws Exception {
        try (DecoderSession session = load(write(TinyModel.random(TinyModel.llama(4, 2, false), 2)))) {
            assertThat(prefill(session, 1, 0, tokens(5, 3), false).isDirect()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4", "W8A8"})
    void quantizedLayersComputeWhatTheirPrecisionPromises(Precision precision) throws Exception {
        // Neither width is a multiple of the block, and one layer leaves rounding of activations no room to spread.
        Checkpoint model =
                write(TinyModel.random(TinyModel.llama(48, 1, 4, 2, 16, 72, precision == Precision.INT8), 20));
        int[] tokens = tokens(20, 21);
        double[][] exact = reference(model, tokens);
        double[][] rounded = ReferenceDecoder.logits(model, ReferenceLinear.of(precision), tokens);
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            FloatBuffer logits = prefill(session, 0, 0, tokens, true);
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

    static Stream<Arguments> quantizedFixtures() {
        return GoldenFixture.names().stream()
                .flatMap(name -> Stream.of(Precision.INT8, Precision.INT4, Precision.W8A8)
                        .map(precision -> Arguments.of(name, precision)));
    }

    /**
     * One activation that goes the other way shows in every token after it, as far as its rounding alone reaches; layers that
     * were quantized otherwise, or others than should be, would be off by as much as the rounding of all.
     */
    @ParameterizedTest
    @MethodSource("quantizedFixtures")
    void everyFamilyIsQuantizedAsThePrecisionPromises(String name, Precision precision) {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        int[] prompt = golden.prompts()[3];
        double[][] exact = ReferenceDecoder.logits(golden.checkpoint(), Linear::exact, prompt);
        double[][] rounded = ReferenceDecoder.logits(golden.checkpoint(), ReferenceLinear.of(precision), prompt);
        try (DecoderSession session = load(golden.checkpoint(), precision, prompt.length)) {
            double error = relativeError(prefill(session, 0, 0, prompt, true), rounded);
            assertThat(error).isLessThan(relativeError(rounded, exact) / 1.5);
        }
    }

    /** Kernels for one row and for several may add products in another order, so that the last digits differ, and no others. */
    @Test
    void floatsDoNotDependOnTheNeighboursInTheBatch() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 22));
        try (DecoderSession session = load(model)) {
            Neighbours neighbours = Neighbours.of(session);
            assertThat(relativeError(neighbours.together, neighbours.alone)).isLessThan(LAST_DIGITS);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4", "W8A8"})
    void activationsAreRoundedByTheirOwnRowWhateverItsNeighbours(Precision precision) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 22));
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            assertRoundedByRow(session, model, precision);
        }
    }

    /** What processors do that cannot multiply mixed bytes exactly, on any processor. */
    @Test
    void unsignedActivationsAreRoundedByTheirOwnRowWhateverItsNeighbours() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 22));
        try (DecoderSession session = loadW8a8WithoutMixedBytes(model)) {
            assertRoundedByRow(session, model, Precision.W8A8);
        }
    }

    /**
     * Sums of products of bytes are exact integers, but kernels for one row and for several may scale them in another order:
     * then an activation between two steps may go the other way, and that is all. A scale shared by the rows of a batch would
     * round every activation anew, which is many times as much.
     */
    private static void assertRoundedByRow(DecoderSession session, Checkpoint model, Precision precision) {
        int[] tokens = Neighbours.PROMPTS[2];
        double rounding = relativeError(
                ReferenceDecoder.logits(model, ReferenceLinear.of(precision), tokens),
                ReferenceDecoder.logits(model, ReferenceLinear.withExactActivations(precision), tokens));
        Neighbours neighbours = Neighbours.of(session);
        assertThat(rounding).isGreaterThan(1e-3);
        assertThat(relativeError(neighbours.together, neighbours.alone)).isLessThan(rounding / 4);
    }

    /** The same prompts of unequal lengths, and the steps after them, each by itself and all in one batch. */
    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"FP32", "INT8", "INT4", "W8A8"})
    void promptsDoNotDependOnWhatFillsThemUpNorOnTheirNeighbours(Precision precision) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 36));
        int[][] prompts = {tokens(12, 37), tokens(16, 38), tokens(9, 39), tokens(15, 40)};
        double[][] alone = new double[2 * SLOTS][];
        double[][] together = new double[2 * SLOTS][];
        List<Segment> prefills = new ArrayList<>();
        List<Segment> steps = new ArrayList<>();
        try (DecoderSession session = load(model, precision, CONTEXT)) {
            for (int row = 0; row < SLOTS; row++) {
                int[] prompt = prompts[row];
                prefills.add(new Segment(row, 0, prompt, Wanted.LAST));
                steps.add(Segment.next(row, prompt.length, 1 + row));
                alone[row] = row(session.forward(prefills.subList(row, row + 1)), 0, session);
                alone[SLOTS + row] = row(session.forward(steps.subList(row, row + 1)), 0, session);
            }
            FloatBuffer first = session.forward(prefills);
            for (int row = 0; row < SLOTS; row++) {
                together[row] = row(first, row, session);
            }
            FloatBuffer second = session.forward(steps);
            for (int row = 0; row < SLOTS; row++) {
                together[SLOTS + row] = row(second, row, session);
            }
        }
        double allowed = LAST_DIGITS;
        if (precision != Precision.FP32) {
            double rounding = relativeError(
                    ReferenceDecoder.logits(model, ReferenceLinear.of(precision), prompts[1]),
                    ReferenceDecoder.logits(model, ReferenceLinear.withExactActivations(precision), prompts[1]));
            allowed = rounding / 4;
        }
        assertThat(relativeError(together, alone)).isLessThan(allowed);
    }

    @Test
    void aPassOfWhichNoLogitsAreWantedFillsTheCache() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 41));
        int[] tokens = tokens(9, 42);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model)) {
            FloatBuffer none = session.forward(List.of(
                    new Segment(1, 0, Arrays.copyOf(tokens, 8), Wanted.NONE),
                    new Segment(2, 0, Arrays.copyOf(tokens, 7), Wanted.NONE)));
            assertThat(none.hasRemaining()).isFalse();
            assertThat(session.forward(List.of(new Segment(2, 7, new int[] {tokens[7]}, Wanted.NONE)))
                            .hasRemaining())
                    .isFalse();
            FloatBuffer last = session.forward(List.of(Segment.next(1, 8, tokens[8]), Segment.next(2, 8, tokens[8])));
            assertThat(largestDifference(last, 0, expected[8])).isLessThan(TOLERANCE);
            assertThat(largestDifference(last, 1, expected[8])).isLessThan(TOLERANCE);
        }
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
                prefill(session, 0, 0, PROMPTS[row], false);
                alone[row] = row(step(session, 1, new int[] {next[row]}, new int[] {past[row]}), 0, session);
            }
            for (int row = 0; row < SLOTS; row++) {
                prefill(session, row, 0, PROMPTS[row], false);
            }
            FloatBuffer logits = step(session, SLOTS, next, past);
            for (int row = 0; row < SLOTS; row++) {
                together[row] = row(logits, row, session);
            }
            return new Neighbours(alone, together);
        }
    }

    private DecoderSession loadW8a8WithoutMixedBytes(Checkpoint model) throws Exception {
        Backend.Artifact artifact = backend.compile(model, Precision.W8A8, "cpu", folder.resolve("artifact"));
        return new OnnxDecoderSession(
                OnnxRuntimeLibrary.engine().newBaseManager(),
                OnnxRuntimeBackend.open(artifact, 1, false),
                model.definition(),
                PositionTables.of(model.definition(), model.weights(), CONTEXT),
                SLOTS,
                CONTEXT);
    }

    @Test
    void djlsPlainPathAgreesWithTheCacheInPlace() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, true), 29));
        Backend.Artifact artifact = backend.compile(model, Precision.FP32, "cpu", folder);
        int[] tokens = tokens(24, 30);
        PositionTables positions = PositionTables.of(model.definition(), model.weights(), CONTEXT);
        try (DecoderSession session = backend.load(artifact, "cpu", 2, CONTEXT, 1);
                NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
                StockDecoder stock = new StockDecoder(
                        OnnxRuntimeBackend.open(artifact, 1, true), owner, model.definition(), positions)) {
            int past = 0;
            for (int length : new int[] {9, 1, 6, 1, 1, 6}) {
                int[] chunk = Arrays.copyOfRange(tokens, past, past + length);
                float[] expected = stock.append(chunk);
                FloatBuffer logits = length == 1 && past > 0
                        ? step(session, 1, chunk, new int[] {past})
                        : prefill(session, 0, past, chunk, false);
                assertThat(largestDifference(logits, 0, expected)).isLessThan(1e-5);
                past += length;
            }
        }
    }

    @Test
    void processorsThatMultiplyMixedBytesInexactlyGetTheSameAnswerAnotherWay() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 34));
        Backend.Artifact artifact = backend.compile(model, Precision.W8A8, "cpu", folder);
        int[] tokens = tokens(12, 35);
        PositionTables positions = PositionTables.of(model.definition(), model.weights(), CONTEXT);
        try (DecoderSession session = backend.load(artifact, "cpu", 2, CONTEXT, 1);
                NDManager owner = OnnxRuntimeLibrary.engine().newBaseManager();
                StockDecoder unsigned = new StockDecoder(
                        OnnxRuntimeBackend.open(artifact, 1, false), owner, model.definition(), positions)) {
            float[] expected = unsigned.append(tokens);
            assertThat(largestDifference(prefill(session, 0, 0, tokens, false), 0, expected))
                    .isLessThan(1e-5);
        }
    }

    private static double[] row(FloatBuffer logits, int row, DecoderSession session) {
        double[] values = new double[session.vocabularySize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = logits.get(row * values.length + i);
        }
        return values;
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
}
