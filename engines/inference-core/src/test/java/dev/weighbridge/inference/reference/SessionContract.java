package dev.weighbridge.inference.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.Precision;
import dev.weighbridge.inference.backend.Backend;
import dev.weighbridge.inference.backend.DecoderSession;
import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.TinyModel;
import dev.weighbridge.inference.model.Role;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every backend's sessions must do, held against transformers and against the decoder in plain Java. */
public abstract class SessionContract {
    /** Largest difference between two logits at fp32. */
    protected static final double TOLERANCE = 1e-4;

    protected static final int SLOTS = 4;
    protected static final int CONTEXT = TinyModel.CONTEXT;

    @TempDir
    protected Path folder;

    /** The backend that is tested. */
    protected abstract Backend backend();

    /** The device that sessions run on. */
    protected String device() {
        return "cpu";
    }

    static List<String> fixtures() {
        return GoldenFixture.names();
    }

    static List<String> decoders() {
        return GoldenFixture.decoders();
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyFamilyGivesTheLogitsOfTransformers(String name) throws IOException {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        double largest = 0;
        try (DecoderSession session = load(golden.checkpoint(), Precision.FP32, longest(golden))) {
            for (int i = 0; i < golden.prompts().length; i++) {
                largest = Math.max(largest, differenceOfForced(session, i % SLOTS, golden, i));
            }
            int[] prompt = golden.prompts()[0];
            int[] greedy = golden.greedy()[0];
            int vocabulary = session.vocabularySize();
            for (int at = 0; at < greedy.length; at++) {
                FloatBuffer logits = at == 0
                        ? prefill(session, 0, 0, prompt, false)
                        : step(session, 1, new int[] {greedy[at - 1]}, new int[] {prompt.length + at - 1});
                float[] expected = Arrays.copyOfRange(golden.continued(), at * vocabulary, (at + 1) * vocabulary);
                largest = Math.max(largest, largestDifference(logits, expected));
            }
        }
        String kind = device().replaceFirst(":\\d+$", "");
        note(kind.equals("cpu") ? backend().id() : backend().id() + "-" + kind, name, largest);
        assertThat(largest)
                .as("%s, largest difference between two logits", name)
                .isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void everyFamilyContinuesAsTransformersDoesAloneAndInARaggedBatch(String name) {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        int rows = golden.prompts().length;
        int count = golden.greedy()[0].length;
        try (DecoderSession session = load(golden.checkpoint(), Precision.FP32, longest(golden))) {
            int[][] answers = new int[rows][count];
            int[] past = new int[rows];
            for (int row = 0; row < rows; row++) {
                int[] prompt = golden.prompts()[row];
                // In two chunks, so that a prompt goes on over what is in the cache.
                int half = prompt.length / 2;
                session.forward(List.of(new Segment(row, 0, Arrays.copyOf(prompt, half), Wanted.NONE)));
                FloatBuffer logits =
                        prefill(session, row, half, Arrays.copyOfRange(prompt, half, prompt.length), false);
                answers[row][0] = best(logits, 0, session.vocabularySize());
                past[row] = prompt.length;
            }
            for (int at = 1; at < count; at++) {
                int[] tokens = new int[rows];
                for (int row = 0; row < rows; row++) {
                    tokens[row] = answers[row][at - 1];
                }
                FloatBuffer logits = step(session, rows, tokens, past);
                for (int row = 0; row < rows; row++) {
                    answers[row][at] = best(logits, row, session.vocabularySize());
                    past[row]++;
                }
            }
            for (int row = 0; row < rows; row++) {
                assertThat(answers[row]).as("%s, prompt %d", name, row).isEqualTo(golden.greedy()[row]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"4,4,false", "4,2,false", "4,1,false", "4,2,true", "6,3,false"})
    void prefillAgreesWithTheReferenceForEveryToken(int heads, int keyValueHeads, boolean tied) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(heads, keyValueHeads, tied), 1));
        int[] tokens = tokens(33, 2);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model)) {
            assertRows(prefill(session, 2, 0, tokens, true), expected, 0, tokens.length);
            FloatBuffer last = prefill(session, 1, 0, tokens, false);
            assertThat(last.limit()).isEqualTo(session.vocabularySize());
            assertRows(last, expected, tokens.length - 1, 1);
        }
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void promptsAndAnswersOfManyLengthsShareAPass(String name) {
        GoldenFixture golden = GoldenFixture.open(name, folder);
        int[][] texts = new int[SLOTS][];
        double[][][] expected = new double[SLOTS][][];
        for (int row = 0; row < SLOTS; row++) {
            texts[row] = IntStream.concat(
                            Arrays.stream(golden.prompts()[row % golden.prompts().length]),
                            Arrays.stream(golden.greedy()[row % golden.greedy().length]))
                    .limit(30)
                    .toArray();
            expected[row] = reference(golden.checkpoint(), texts[row]);
        }
        try (DecoderSession session = load(golden.checkpoint(), Precision.FP32, 32)) {
            int[] past = new int[SLOTS];
            // Tokens of each slot in each pass: fresh prompts together, then answers beside chunks, of some nothing
            // wanted.
            int[][] passes = {
                {5, 5, 0, 0},
                {1, 1, 7, 0},
                {1, 1, 1, 12},
                {1, 4, 1, 3},
                {1, 1, 1, 1},
                {0, 0, 6, 1},
                {2, 2, 2, 2},
                {4, 5, 0, 1}
            };
            for (int[] pass : passes) {
                List<Segment> segments = new ArrayList<>();
                List<double[]> rows = new ArrayList<>();
                for (int slot = 0; slot < SLOTS; slot++) {
                    int end = past[slot] + pass[slot];
                    if (pass[slot] > 0) {
                        Wanted wanted =
                                List.of(Wanted.NONE, Wanted.LAST, Wanted.ALL).get((slot + past[slot]) % 3);
                        int from = wanted == Wanted.ALL ? pass[slot] / 2 : 0;
                        segments.add(new Segment(
                                slot, past[slot], Arrays.copyOfRange(texts[slot], past[slot], end), wanted, from));
                        int first = wanted == Wanted.ALL ? past[slot] + from : wanted == Wanted.LAST ? end - 1 : end;
                        rows.addAll(Arrays.asList(expected[slot]).subList(first, end));
                        past[slot] = end;
                    }
                }
                FloatBuffer logits = session.forward(segments);
                assertThat(logits.remaining()).isEqualTo(rows.size() * session.vocabularySize());
                for (int row = 0; row < rows.size(); row++) {
                    assertThat(largestDifference(logits, row, rows.get(row)))
                            .as("%s, row %d of %s", name, row, Arrays.toString(pass))
                            .isLessThan(TOLERANCE);
                }
            }
        }
    }

    @Test
    void promptsOfOneLengthAreComputedTogether() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 34));
        int[][] prompts = new int[SLOTS][];
        List<Segment> segments = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            prompts[slot] = tokens(32, 40 + slot);
            segments.add(new Segment(slot, 0, prompts[slot], Wanted.LAST));
        }
        try (DecoderSession session = load(model)) {
            FloatBuffer logits = session.forward(segments);
            for (int slot = 0; slot < SLOTS; slot++) {
                assertThat(largestDifference(logits, slot, reference(model, prompts[slot])[31]))
                        .isLessThan(TOLERANCE);
            }
        }
    }

    @Test
    void whatIsNotANumberInASlotDoesNotReachItsNextSequenceOnceItIsCleared() throws Exception {
        TinyModel tiny = TinyModel.random(TinyModel.llama(4, 2, false), 35);
        // One token whose row of the embedding is not a number poisons every position that it fills.
        Arrays.fill(tiny.weight(Role.of(Role.Part.EMBEDDING)), 96 * 48, 97 * 48, Float.NaN);
        Checkpoint model = write(tiny);
        int[] good = {1, 2, 3, 4};
        int[] longer = {5, 6, 7, 8, 9, 10, 11, 12, 13};
        int[] poison = {96, 96, 96, 96, 96, 96, 96, 96};
        Backend.Artifact artifact = backend().compile(model, Precision.FP32, device(), folder.resolve("artifact"));
        try (DecoderSession session = backend().load(artifact, device(), SLOTS, CONTEXT, 1)) {
            prefill(session, 0, 0, poison, false);
            session.clear(0);
            prefill(session, 0, 0, good, false);
            prefill(session, 1, 0, longer, false);
            FloatBuffer logits = step(session, 2, new int[] {5, 14}, new int[] {4, 9});
            assertThat(largestDifference(logits, 0, reference(model, 1, 2, 3, 4, 5)[4]))
                    .isLessThan(TOLERANCE);
        }
    }

    @Test
    void aPromptInChunksAgreesWithTheReference() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 3));
        int[] tokens = tokens(40, 4);
        double[][] expected = reference(model, tokens);
        try (DecoderSession session = load(model)) {
            int past = 0;
            for (int length : new int[] {1, 16, 7, 1, 15}) {
                int[] chunk = Arrays.copyOfRange(tokens, past, past + length);
                assertRows(prefill(session, 3, past, chunk, true), expected, past, length);
                past += length;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"4,4", "4,2", "4,1"})
    void rowsOfDifferentLengthsDecodeTogether(int heads, int keyValueHeads) throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(heads, keyValueHeads, false), 5));
        int[][] rows = {tokens(13, 6), tokens(25, 7), tokens(41, 8), tokens(8, 9)};
        try (DecoderSession session = load(model)) {
            int[] past = {5, 17, 33, 0};
            for (int row = 0; row < 3; row++) {
                prefill(session, row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            // The last row starts from nothing, by decoding alone.
            decode(session, model, rows, past, SLOTS, 8);
        }
    }

    @Test
    void aSlotCanBeFreedByCopyingTheLastOneOverItAndFilledAnew() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 10));
        int[][] rows = {tokens(20, 11), tokens(30, 12), tokens(40, 13)};
        try (DecoderSession session = load(model)) {
            int[] past = {5, 17, 33};
            for (int row = 0; row < rows.length; row++) {
                prefill(session, row, 0, Arrays.copyOf(rows[row], past[row]), false);
            }
            decode(session, model, rows, past, 3, 3);
            session.copy(2, 0, past[2]);
            rows[0] = rows[2];
            past[0] = past[2];
            rows[2] = tokens(12, 14);
            past[2] = 9;
            prefill(session, 2, 0, Arrays.copyOf(rows[2], past[2]), false);
            decode(session, model, rows, past, 3, 3);
            decode(session, model, rows, past, 1, 1);
        }
    }

    @Test
    void aLongerSequenceLeavesNothingBehindInItsSlot() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 15));
        int[] shorter = tokens(9, 16);
        try (DecoderSession session = load(model)) {
            prefill(session, 0, 0, tokens(CONTEXT, 17), false);
            prefill(session, 0, 0, Arrays.copyOf(shorter, 4), false);
            decode(session, model, new int[][] {shorter}, new int[] {4}, 1, 5);
        }
    }

    @Test
    void aSlotCanBeFilledToTheLastToken() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 18));
        int[] tokens = tokens(CONTEXT, 19);
        try (DecoderSession session = load(model)) {
            prefill(session, SLOTS - 1, 0, Arrays.copyOf(tokens, CONTEXT - 1), false);
            session.copy(SLOTS - 1, 0, CONTEXT - 1);
            decode(session, model, new int[][] {tokens}, new int[] {CONTEXT - 1}, 1, 1);
        }
    }

    @Test
    void severalThreadsGiveTheSameAnswer() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 27));
        int[] tokens = tokens(30, 28);
        Backend.Artifact artifact = backend().compile(model, Precision.FP32, device(), folder.resolve("artifact"));
        try (DecoderSession session = backend().load(artifact, device(), 1, CONTEXT, 2)) {
            assertRows(prefill(session, 0, 0, tokens, true), reference(model, tokens), 0, tokens.length);
        }
    }

    @Test
    void requestsThatDoNotFitAreRefusedAndTheSessionGoesOn() throws Exception {
        Checkpoint model = write(TinyModel.random(TinyModel.llama(4, 2, false), 31));
        try (DecoderSession session = load(model)) {
            assertRefused(() -> prefill(session, SLOTS, 0, new int[] {1}, false), "slot 4");
            assertRefused(() -> prefill(session, -1, 0, new int[] {1}, false), "slot -1");
            assertRefused(() -> prefill(session, 0, 60, new int[] {1, 2, 3, 4, 5}, false), "5 tokens after 60");
            assertRefused(() -> prefill(session, 0, 0, new int[0], false), "0 tokens");
            assertRefused(() -> prefill(session, 0, -1, new int[] {1}, false), "after -1");
            assertRefused(() -> prefill(session, 0, 0, new int[] {-1}, false), "token -1");
            assertRefused(() -> step(session, 1, new int[] {97}, new int[] {1}), "token 97");
            assertRefused(() -> step(session, 0, new int[0], new int[0]), "0 rows");
            assertRefused(() -> step(session, 5, new int[5], new int[5]), "slot 4");
            assertRefused(() -> step(session, 1, new int[] {1}, new int[] {CONTEXT}), "after 64");
            assertRefused(() -> session.copy(0, 1, CONTEXT + 1), "65 tokens");
            assertRefused(() -> session.copy(0, SLOTS, 1), "slot 4");
            int[] tokens = tokens(8, 32);
            assertRows(prefill(session, 0, 0, tokens, true), reference(model, tokens), 0, tokens.length);
        }
    }

    @Test
    void segmentsOutOfOrderAreRefused() throws Exception {
        try (DecoderSession session = load(write(TinyModel.random(TinyModel.llama(4, 2, false), 43)))) {
            for (int second : new int[] {0, 1}) {
                assertThatThrownBy(() -> session.forward(List.of(Segment.next(1, 0, 1), Segment.next(second, 0, 1))))
                        .isInstanceOf(EngineException.class)
                        .hasMessageContaining("slot " + second + " after slot 1");
            }
            assertThatThrownBy(() -> session.clear(SLOTS)).hasMessageContaining("slot 4");
        }
    }

    @Test
    void aClosedSessionSaysSoAndClosesAgainWithoutEffect() throws Exception {
        DecoderSession session = load(write(TinyModel.random(TinyModel.llama(4, 2, false), 33)));
        step(session, 1, new int[] {1}, new int[] {0});
        session.close();
        session.close();
        assertThatThrownBy(() -> step(session, 1, new int[] {1}, new int[] {0}))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("closed");
    }

    /** Notes what was measured for a fixture, for the pages that tell it. */
    protected static void note(String column, String fixture, double largest) throws IOException {
        Path noted = Files.createDirectories(Path.of("target", "families", column));
        Files.writeString(noted.resolve(fixture), Double.toString(largest));
    }

    /** Appends tokens to one sequence; logits of all of them or of the last one. */
    protected static FloatBuffer prefill(DecoderSession session, int slot, int past, int[] tokens, boolean all) {
        return session.forward(List.of(new Segment(slot, past, tokens, all ? Wanted.ALL : Wanted.LAST)));
    }

    /** Appends one token to each of the sequences in the first slots. */
    protected static FloatBuffer step(DecoderSession session, int rows, int[] tokens, int[] past) {
        return session.forward(IntStream.range(0, rows)
                .mapToObj(row -> Segment.next(row, past[row], tokens[row]))
                .toList());
    }

    /** Writes a model whose weights are 32-bit floats. */
    protected final Checkpoint write(TinyModel model) throws IOException {
        return model.write(folder.resolve("model"), "F32");
    }

    protected final DecoderSession load(Checkpoint checkpoint) {
        return load(checkpoint, Precision.FP32, CONTEXT);
    }

    protected final DecoderSession load(Checkpoint checkpoint, Precision precision, int contextLength) {
        Backend.Artifact artifact =
                backend().compile(checkpoint, precision, device(), folder.resolve("artifact-" + precision));
        return backend().load(artifact, device(), SLOTS, contextLength, 1);
    }

    protected static int longest(GoldenFixture golden) {
        return Arrays.stream(golden.prompts())
                        .mapToInt(prompt -> prompt.length)
                        .max()
                        .orElseThrow()
                + golden.greedy()[0].length;
    }

    /** Decodes rows together, each step held against the reference alone. */
    protected static void decode(
            DecoderSession session, Checkpoint model, int[][] rows, int[] past, int count, int steps) {
        double[][][] expected = new double[count][][];
        for (int row = 0; row < count; row++) {
            expected[row] = reference(model, Arrays.copyOf(rows[row], past[row] + steps));
        }
        for (int step = 0; step < steps; step++) {
            int[] next = new int[count];
            for (int row = 0; row < count; row++) {
                next[row] = rows[row][past[row]];
            }
            FloatBuffer logits = step(session, count, next, past);
            assertThat(logits.position()).isZero();
            assertThat(logits.limit()).isEqualTo(count * session.vocabularySize());
            for (int row = 0; row < count; row++) {
                assertThat(largestDifference(logits, row, expected[row][past[row]]))
                        .isLessThan(TOLERANCE);
                past[row]++;
            }
        }
    }

    protected static double[][] reference(Checkpoint model, int... tokens) {
        return ReferenceDecoder.logits(model, ReferenceDecoder.Linear::exact, tokens);
    }

    protected static int[] tokens(int count, int seed) {
        return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
    }

    protected static void assertRows(FloatBuffer logits, double[][] expected, int from, int count) {
        assertThat(logits.position()).isZero();
        assertThat(logits.limit()).isEqualTo(count * expected[from].length);
        for (int row = 0; row < count; row++) {
            assertThat(largestDifference(logits, row, expected[from + row])).isCloseTo(0, within(TOLERANCE));
        }
    }

    protected static double largestDifference(FloatBuffer logits, int row, double[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(logits.get(row * expected.length + i) - expected[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    /** The largest difference from a fixture's logits of a prompt, or of the answer's begin where an encoder reads the prompt. */
    static double differenceOfForced(DecoderSession session, int slot, GoldenFixture golden, int number) {
        int[] prompt = golden.prompts()[number];
        float[] expected = golden.logits()[number];
        if (golden.checkpoint().definition().encoder() == null) {
            return largestDifference(prefill(session, slot, 0, prompt, true), expected);
        }
        int vocabulary = session.vocabularySize();
        double first = largestDifference(prefill(session, slot, 0, prompt, false), Arrays.copyOf(expected, vocabulary));
        int[] answer = Arrays.copyOf(golden.greedy()[number], expected.length / vocabulary - 1);
        FloatBuffer rest = prefill(session, slot, prompt.length, answer, true);
        return Math.max(first, largestDifference(rest, Arrays.copyOfRange(expected, vocabulary, expected.length)));
    }

    static double largestDifference(FloatBuffer logits, float[] expected) {
        assertThat(logits.remaining()).isEqualTo(expected.length);
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) logits.get(i) - expected[i]);
            largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
        }
        return largest;
    }

    static int best(FloatBuffer logits, int row, int vocabulary) {
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            if (logits.get(row * vocabulary + i) > logits.get(row * vocabulary + best)) {
                best = i;
            }
        }
        return best;
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.category()).isEqualTo(EngineException.Category.BAD_REQUEST))
                .hasMessageContaining(message);
    }
}
