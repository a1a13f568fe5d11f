package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Activation;
import dev.weighbridge.inference.model.Alibi;
import dev.weighbridge.inference.model.Attention;
import dev.weighbridge.inference.model.Attention.HeadNorm;
import dev.weighbridge.inference.model.Block;
import dev.weighbridge.inference.model.Block.Residual;
import dev.weighbridge.inference.model.Definition;
import dev.weighbridge.inference.model.Embedding;
import dev.weighbridge.inference.model.Head;
import dev.weighbridge.inference.model.Mlp;
import dev.weighbridge.inference.model.Norm;
import dev.weighbridge.inference.model.Norm.Kind;
import dev.weighbridge.inference.model.Role;
import dev.weighbridge.inference.model.Rotary;
import dev.weighbridge.inference.reference.ReferenceDecoder;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that a definition can say, also what no family of today does, in chunked prompts and ragged batches. */
class DefinitionsTest {
    private static final double TOLERANCE = 1e-4;
    private static final int ROWS = 3;
    private static final int STEPS = 6;

    private static final Norm RMS = Norm.rms(1e-5);
    private static final Norm LAYER = Norm.layer(1e-5);
    private static final Norm LAYER_WITHOUT_BIAS = new Norm(Kind.LAYER, 1e-5, false);
    private static final Norm RMS_WITH_BIAS = new Norm(Kind.RMS, 1e-5, true);
    private static final Mlp GATED = Mlp.gated(72, Activation.SILU);
    private static final Mlp EXPERTS = new Mlp(40, Activation.SILU, true, false, new Mlp.Experts(6, 2));
    private static final Attention ATTENTION = Attention.rotary(4, 2, 16, rotary(16, 1));

    @TempDir
    Path folder;

    static Stream<Named<Definition>> definitions() {
        return Stream.of(
                        norms(),
                        residuals(),
                        headNorms(),
                        rotations(),
                        positionsWithoutRotation(),
                        scores(),
                        mlps(),
                        ends())
                .flatMap(part -> part);
    }

    private static Stream<Named<Definition>> norms() {
        return Stream.of(
                Named.of("layer norm", twice(Block.sequential(LAYER, ATTENTION, GATED), LAYER)),
                Named.of(
                        "layer norm without bias",
                        twice(Block.sequential(LAYER_WITHOUT_BIAS, ATTENTION, GATED), LAYER_WITHOUT_BIAS)),
                Named.of(
                        "RMS norm with bias", twice(Block.sequential(RMS_WITH_BIAS, ATTENTION, GATED), RMS_WITH_BIAS)));
    }

    private static Stream<Named<Definition>> residuals() {
        Attention withoutRotary = Attention.rotary(4, 4, 12, null).withBiases(true, true);
        Mlp plain = Mlp.plain(72, Activation.RELU, true);
        return Stream.of(
                Named.of(
                        "parallel, one norm",
                        twice(new Block(Residual.PARALLEL, LAYER, ATTENTION, null, null, GATED, null))),
                Named.of(
                        "parallel, two norms",
                        twice(new Block(Residual.PARALLEL, LAYER, ATTENTION, null, RMS, GATED, null))),
                Named.of(
                        "norm after, narrow embedding, learned positions, no last norm",
                        new Definition(
                                TinyModel.VOCABULARY,
                                48,
                                TinyModel.CONTEXT,
                                new Embedding(32, 1, true, null),
                                Collections.nCopies(
                                        2,
                                        new Block(Residual.NORM_AFTER, LAYER, withoutRotary, null, LAYER, plain, null)),
                                null,
                                Head.plain(true))),
                Named.of("post norms", twice(new Block(Residual.SEQUENTIAL, RMS, ATTENTION, RMS, RMS, GATED, LAYER))),
                Named.of(
                        "post norms, parallel",
                        twice(new Block(Residual.PARALLEL, RMS, ATTENTION, RMS, RMS, GATED, RMS))),
                Named.of(
                        "post norms, norm after",
                        twice(new Block(Residual.NORM_AFTER, RMS, ATTENTION, RMS, RMS, GATED, RMS))));
    }

    private static Stream<Named<Definition>> headNorms() {
        return Stream.of(
                Named.of("shared", of(ATTENTION.withHeadNorm(new HeadNorm(RMS, true)))),
                Named.of("by head", of(ATTENTION.withHeadNorm(new HeadNorm(LAYER_WITHOUT_BIAS, false)))),
                Named.of(
                        "by head, of an odd size",
                        of(Attention.rotary(4, 2, 20, rotary(20, 1)).withHeadNorm(new HeadNorm(RMS, false)))));
    }

    private static Stream<Named<Definition>> rotations() {
        Stream<Named<Definition>> sizes = IntStream.of(4, 6, 8, 12, 20, 24, 32)
                .mapToObj(size ->
                        Named.of("heads of " + size, of(Attention.rotary(4, 2, size, rotary(size / 2 * 2, 1)))));
        return Stream.concat(
                sizes,
                Stream.of(
                        Named.of("8 of 32, scaled", of(Attention.rotary(4, 2, 32, rotary(8, 1.3)))),
                        Named.of("16 of 32, scaled", of(Attention.rotary(4, 2, 32, rotary(16, 1.3)))),
                        Named.of("4 of 20", of(Attention.rotary(4, 2, 20, rotary(4, 1)))),
                        Named.of(
                                "layers that differ in rotation, window and heads",
                                definition(
                                        RMS,
                                        Block.sequential(RMS, ATTENTION.withWindow(6), GATED),
                                        Block.sequential(RMS, Attention.rotary(4, 2, 16, rotary(16, 0.9)), GATED),
                                        Block.sequential(
                                                RMS,
                                                Attention.rotary(2, 1, 32, rotary(32, 1))
                                                        .withWindow(3),
                                                GATED),
                                        Block.sequential(RMS, Attention.rotary(3, 1, 20, null), GATED)))));
    }

    private static Stream<Named<Definition>> positionsWithoutRotation() {
        Attention none = Attention.rotary(4, 4, 12, null);
        Attention grouped = Attention.rotary(6, 2, 16, null);
        return Stream.of(
                Named.of("linear biases", of(none.withAlibi(new Alibi(Alibi.slopes(4), 1, false)))),
                Named.of(
                        "linear biases of sixteen bits in a window",
                        of(grouped.withAlibi(new Alibi(Alibi.slopes(6), 0.25, true))
                                .withWindow(7))),
                Named.of(
                        "learned positions",
                        new Definition(
                                TinyModel.VOCABULARY,
                                48,
                                TinyModel.CONTEXT,
                                new Embedding(48, 1, true, LAYER),
                                Collections.nCopies(2, Block.sequential(LAYER, none, GATED)),
                                LAYER,
                                Head.plain(true))));
    }

    private static Stream<Named<Definition>> scores() {
        return Stream.of(
                Named.of(
                        "scale and cap in a window",
                        of(ATTENTION.withScores(0.7, 2.5).withWindow(5))),
                Named.of("a window of one", of(ATTENTION.withWindow(1))),
                Named.of("biases", of(ATTENTION.withBiases(true, true))));
    }

    private static Stream<Named<Definition>> mlps() {
        Stream<Named<Definition>> plain = Arrays.stream(Activation.values())
                .flatMap(activation -> Stream.of(
                        Named.of(
                                "plain " + activation,
                                twice(Block.sequential(RMS, ATTENTION, Mlp.plain(72, activation, true)))),
                        Named.of(
                                "gated " + activation,
                                twice(Block.sequential(RMS, ATTENTION, new Mlp(72, activation, true, true, null))))));
        Mlp plainExperts = new Mlp(40, Activation.GELU, false, true, new Mlp.Experts(4, 3));
        return Stream.concat(
                plain,
                Stream.of(
                        Named.of("experts", twice(Block.sequential(RMS, ATTENTION, EXPERTS))),
                        Named.of(
                                "plain experts with biases, parallel",
                                twice(new Block(Residual.PARALLEL, RMS, ATTENTION, null, null, plainExperts, null)))));
    }

    private static Stream<Named<Definition>> ends() {
        List<Block> blocks = Collections.nCopies(2, Block.sequential(RMS, ATTENTION, GATED));
        return Stream.of(
                Named.of(
                        "scaled embedding, capped logits, tied",
                        new Definition(
                                TinyModel.VOCABULARY,
                                48,
                                TinyModel.CONTEXT,
                                new Embedding(48, Math.sqrt(48), false, null),
                                blocks,
                                RMS,
                                new Head(true, false, 1, 3))),
                Named.of(
                        "narrow embedding, head with bias and scale",
                        new Definition(
                                TinyModel.VOCABULARY,
                                48,
                                TinyModel.CONTEXT,
                                new Embedding(16, 1, true, LAYER),
                                blocks,
                                RMS,
                                new Head(false, true, 0.6, 0))));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void isComputedAsTheReferenceDoes(Definition definition) throws IOException {
        Checkpoint model = TinyModel.random(definition, 1).write(folder.resolve("model"), "F32");
        int[][] rows = new int[ROWS][];
        int[] past = {11, 26, 5};
        double[][][] expected = new double[ROWS][][];
        for (int row = 0; row < ROWS; row++) {
            rows[row] = new Random(row)
                    .ints(past[row] + STEPS, 0, definition.vocabularySize())
                    .toArray();
            expected[row] = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, rows[row]);
        }
        try (DecoderSession session = load(model, Precision.FP32)) {
            for (int row = 0; row < ROWS; row++) {
                int half = past[row] / 2;
                assertRows(prefill(session, row, 0, Arrays.copyOf(rows[row], half), Wanted.ALL), expected[row], 0);
                int[] rest = Arrays.copyOfRange(rows[row], half, past[row]);
                assertRows(prefill(session, row, half, rest, Wanted.ALL), expected[row], half);
            }
            for (int step = 0; step < STEPS; step++) {
                int[] next = new int[ROWS];
                double[][] answers = new double[ROWS][];
                for (int row = 0; row < ROWS; row++) {
                    next[row] = rows[row][past[row]];
                    answers[row] = expected[row][past[row]];
                }
                assertRows(step(session, next, past), answers, 0);
                Arrays.setAll(past, row -> past[row] + 1);
            }
        }
    }

    /** Where head and embedding are one, a token whose embedding is not a number has no logit that is one. */
    static Stream<Named<Definition>> untiedDefinitions() {
        return definitions()
                .filter(definition -> !definition.getPayload().head().tied());
    }

    /** The slots are filled before with what is not a number, beyond what any of the prompts overwrites. */
    @ParameterizedTest
    @MethodSource("untiedDefinitions")
    void promptsOfUnequalLengthsAreComputedTogetherInSlotsThatHeldNoNumbers(Definition definition) throws IOException {
        TinyModel tiny = TinyModel.random(definition, 8);
        int poison = definition.vocabularySize() - 1;
        int size = definition.embedding().size();
        Arrays.fill(tiny.weight(Role.of(Role.Part.EMBEDDING)), poison * size, (poison + 1) * size, Float.NaN);
        Checkpoint model = tiny.write(folder.resolve("model"), "F32");
        int[] lengths = {11, 14, 5};
        int[][] rows = new int[ROWS][];
        double[][][] expected = new double[ROWS][][];
        for (int row = 0; row < ROWS; row++) {
            rows[row] = new Random(row).ints(lengths[row] + STEPS, 0, poison).toArray();
            expected[row] = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, rows[row]);
        }
        try (DecoderSession session = load(model, Precision.FP32)) {
            int[] poisons = new int[session.contextLength()];
            Arrays.fill(poisons, poison);
            for (int row = 0; row < ROWS; row++) {
                prefill(session, row, 0, poisons, Wanted.NONE);
                session.clear(row);
            }
            List<Segment> prompts = new ArrayList<>();
            List<double[]> logits = new ArrayList<>();
            for (int row = 0; row < ROWS; row++) {
                prompts.add(new Segment(row, 0, Arrays.copyOf(rows[row], lengths[row]), Wanted.ALL));
                logits.addAll(Arrays.asList(expected[row]).subList(0, lengths[row]));
            }
            assertRows(session.forward(prompts), logits.toArray(double[][]::new), 0);
            for (int step = 0; step < STEPS; step++) {
                int[] next = new int[ROWS];
                int[] past = new int[ROWS];
                logits.clear();
                for (int row = 0; row < ROWS; row++) {
                    past[row] = lengths[row] + step;
                    next[row] = rows[row][past[row]];
                    logits.add(expected[row][past[row]]);
                }
                assertRows(step(session, next, past), logits.toArray(double[][]::new), 0);
            }
        }
    }

    @Test
    void aLongPromptUnderLinearBiasesIsReadInParts() throws IOException {
        Attention biased = Attention.rotary(4, 4, 12, null).withAlibi(new Alibi(Alibi.slopes(4), 1, false));
        Checkpoint model = TinyModel.random(of(biased), 6).write(folder.resolve("model"), "F32");
        int[] tokens = new Random(7).ints(300, 0, TinyModel.VOCABULARY).toArray();
        double[][] expected = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, tokens);
        try (DecoderSession session = load(model, Precision.FP32, tokens.length)) {
            FloatBuffer all = prefill(session, 0, 0, tokens, Wanted.ALL);
            assertThat(all.limit()).isEqualTo(tokens.length * TinyModel.VOCABULARY);
            assertRows(all, expected, 0);
            FloatBuffer last = prefill(session, 1, 0, tokens, Wanted.LAST);
            assertThat(last.limit()).isEqualTo(TinyModel.VOCABULARY);
            assertRows(last, expected, tokens.length - 1);
            int end = tokens.length - 1;
            FloatBuffer beside = session.forward(List.of(
                    Segment.next(0, end, tokens[end]),
                    new Segment(1, 0, tokens, Wanted.LAST),
                    new Segment(2, 0, Arrays.copyOf(tokens, 5), Wanted.ALL)));
            int vocabulary = TinyModel.VOCABULARY;
            assertRows(beside.slice(0, vocabulary), expected, end);
            assertRows(beside.slice(vocabulary, vocabulary), expected, end);
            assertRows(beside.slice(2 * vocabulary, 5 * vocabulary), expected, 0);
        }
    }

    static Stream<Named<Definition>> quantizable() {
        Mlp plain = Mlp.plain(72, Activation.GELU, true);
        Attention partial = Attention.rotary(4, 2, 20, rotary(8, 1)).withBiases(true, true);
        return Stream.of(
                Named.of(
                        "parallel with biases",
                        twice(new Block(Residual.PARALLEL, LAYER, partial, null, null, plain, null))),
                Named.of("narrow and tied", narrowAndTied()),
                // A choice that is close would turn with the rounding.
                Named.of(
                        "all experts for each token",
                        twice(Block.sequential(
                                RMS, ATTENTION, new Mlp(40, Activation.SILU, true, false, new Mlp.Experts(3, 3))))));
    }

    private static Definition narrowAndTied() {
        return new Definition(
                TinyModel.VOCABULARY,
                48,
                TinyModel.CONTEXT,
                new Embedding(32, 1, true, LAYER),
                Collections.nCopies(2, Block.sequential(RMS, ATTENTION, GATED)),
                RMS,
                Head.plain(true));
    }

    @ParameterizedTest
    @MethodSource("quantizable")
    void isQuantizedAsThePrecisionPromises(Definition definition) throws IOException {
        Checkpoint model = TinyModel.random(definition, 3).write(folder.resolve("model"), "F32");
        int[] tokens = new Random(4).ints(20, 0, definition.vocabularySize()).toArray();
        double[][] exact = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, tokens);
        for (Precision precision : List.of(Precision.INT8, Precision.INT4, Precision.W8A8)) {
            double[][] rounded = ReferenceDecoder.logits(model, ReferenceLinear.of(precision), tokens);
            try (DecoderSession session = load(model, precision)) {
                double[][] actual = rows(prefill(session, 0, 0, tokens, Wanted.ALL), tokens.length);
                assertThat(distance(actual, rounded)).as("%s", precision).isLessThan(distance(rounded, exact) / 4);
            }
        }
    }

    /** With a token alone most experts have nothing to do. */
    @ParameterizedTest
    @MethodSource("precisions")
    void expertsThatNoTokenTakesAreLeftOut(Precision precision) throws IOException {
        Definition definition = twice(Block.sequential(RMS, ATTENTION, EXPERTS));
        Checkpoint model = TinyModel.random(definition, 5).write(folder.resolve("model"), "F32");
        double[][] rounded = ReferenceDecoder.logits(model, ReferenceLinear.of(precision), 7);
        double[][] exact = ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, 7);
        try (DecoderSession session = load(model, precision)) {
            double[][] actual = rows(prefill(session, 0, 0, new int[] {7}, Wanted.ALL), 1);
            double allowed = precision == Precision.FP32 ? TOLERANCE : distance(rounded, exact) / 2;
            assertThat(distance(actual, rounded)).isLessThan(allowed);
        }
    }

    static Stream<Precision> precisions() {
        return Stream.of(Precision.FP32, Precision.INT8, Precision.INT4, Precision.W8A8);
    }

    private static FloatBuffer prefill(DecoderSession session, int slot, int past, int[] tokens, Wanted wanted) {
        return session.forward(List.of(new Segment(slot, past, tokens, wanted)));
    }

    private static FloatBuffer step(DecoderSession session, int[] tokens, int[] past) {
        return session.forward(IntStream.range(0, tokens.length)
                .mapToObj(row -> Segment.next(row, past[row], tokens[row]))
                .toList());
    }

    private DecoderSession load(Checkpoint model, Precision precision) {
        return load(model, precision, 48);
    }

    private DecoderSession load(Checkpoint model, Precision precision, int contextLength) {
        OnnxRuntimeBackend backend = new OnnxRuntimeBackend();
        Backend.Artifact artifact =
                backend.compile(model, precision, "cpu", folder.resolve("artifact-" + precision.id()));
        return backend.load(artifact, "cpu", ROWS, contextLength, 1);
    }

    private static void assertRows(FloatBuffer logits, double[][] expected, int from) {
        int vocabulary = expected[from].length;
        for (int i = 0; i < logits.limit(); i++) {
            double difference = Math.abs(logits.get(i) - expected[from + i / vocabulary][i % vocabulary]);
            assertThat(difference).isLessThan(TOLERANCE);
        }
    }

    private static double[][] rows(FloatBuffer logits, int count) {
        double[][] rows = new double[count][logits.limit() / count];
        for (int i = 0; i < logits.limit(); i++) {
            rows[i / rows[0].length][i % rows[0].length] = logits.get(i);
        }
        return rows;
    }

    private static double distance(double[][] left, double[][] right) {
        double squares = 0;
        for (int row = 0; row < left.length; row++) {
            for (int i = 0; i < left[row].length; i++) {
                squares += Math.pow(left[row][i] - right[row][i], 2);
            }
        }
        return Math.sqrt(squares);
    }

    private static Definition of(Attention attention) {
        return twice(Block.sequential(RMS, attention, GATED));
    }

    private static Definition twice(Block block) {
        return twice(block, RMS);
    }

    private static Definition twice(Block block, Norm last) {
        return definition(last, block, block);
    }

    private static Definition definition(Norm last, Block... blocks) {
        return new Definition(
                TinyModel.VOCABULARY,
                48,
                TinyModel.CONTEXT,
                Embedding.plain(48),
                List.of(blocks),
                last,
                Head.plain(false));
    }

    private static Rotary rotary(int size, double factor) {
        return new Rotary(
                IntStream.range(0, size / 2)
                        .mapToObj(pair -> Math.pow(1_000, -2.0 * pair / size))
                        .toList(),
                factor);
    }
}
