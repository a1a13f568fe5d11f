package dev.weighbridge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static final int IGNORED = TrainingData.IGNORED;

    /** Without merges a letter's id is its byte plus the three special tokens. */
    private static final BytePairTrainer BYTES = new BytePairTrainer(List.of(), 0);

    @TempDir
    private Path folder;

    @Test
    void onlyTheAnswerAndItsEndAreToBePredicted() throws IOException {
        TrainingData.Batch batch = data("{\"prompt\":\"ab\",\"answer\":\"c\"}").slice("t", 0, 1);

        assertThat(batch.ids()).containsExactly(BytePairTrainer.BEGINNING, id('a'), id('b'), id('c'));
        assertThat(batch.targets()).containsExactly(IGNORED, IGNORED, id('c'), BytePairTrainer.END);
    }

    @Test
    void shorterRowsArePaddedAndThePaddingIsNotPredicted() throws IOException {
        TrainingData.Batch batch = data("{\"prompt\":\"abc\",\"answer\":\"d\"}", "{\"prompt\":\"a\",\"answer\":\"b\"}")
                .slice("t", 0, 2);

        assertThat(batch.rows()).isEqualTo(2);
        assertThat(batch.columns()).isEqualTo(5);
        assertThat(batch.ids()).endsWith(id('a'), id('b'), BytePairTrainer.PADDING, BytePairTrainer.PADDING);
        assertThat(batch.targets()).endsWith(id('b'), BytePairTrainer.END, IGNORED, IGNORED);
    }

    @Test
    void aDrawFillsTheTokensThatItMayTake() throws IOException {
        TrainingData data = data("{\"prompt\":\"abc\",\"answer\":\"d\"}");

        TrainingData.Batch batch = data.draw(52, Map.of("t", 1), new SplittableRandom(1));

        assertThat(batch.rows() * batch.columns()).isBetween(50, 55);
    }

    @Test
    void tasksAreDrawnAsOftenAsTheirWeightsSay() throws IOException {
        Files.writeString(folder.resolve("u.train.jsonl"), "{\"prompt\":\"xyz\",\"answer\":\"d\"}\n");
        TrainingData data = data("{\"prompt\":\"a\",\"answer\":\"d\"}");
        SplittableRandom random = new SplittableRandom(1);

        int longer = 0;
        for (int i = 0; i < 1_000; i++) {
            longer += data.draw(10, Map.of("t", 3, "u", 1), random).columns() == 5 ? 1 : 0;
        }

        assertThat(longer).isBetween(200, 300);
    }

    @Test
    void anExactMatchNeedsEveryTokenOfTheAnswer() throws IOException {
        TrainingData.Batch batch = data("{\"prompt\":\"a\",\"answer\":\"b\"}", "{\"prompt\":\"a\",\"answer\":\"c\"}")
                .slice("t", 0, 2);
        long[] predicted = batch.targets().clone();
        predicted[0] = 77;
        assertThat(ExactMatch.right(batch, predicted)).isEqualTo(2);

        predicted[5] = 77;
        assertThat(ExactMatch.right(batch, predicted)).isEqualTo(1);
    }

    @Test
    void aFolderWithoutDataIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingData.read(folder, "train"))
                .withMessageContaining("*.train.jsonl")
                .withMessageContaining(folder.toString());
    }

    private TrainingData data(String... lines) throws IOException {
        Files.writeString(folder.resolve("t.train.jsonl"), String.join("\n", lines) + "\n");
        return new TrainingData(TrainingData.read(folder, "train"), BYTES);
    }

    private static long id(char letter) {
        return (long) letter + BytePairTrainer.SPECIALS.size();
    }
}
