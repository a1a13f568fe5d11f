package dev.weighbridge.engines.pytorch.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import dev.weighbridge.inference.checkpoint.DecoderDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainDecoderTest {
    private static final DecoderDefinition SMALL =
            new DecoderDefinition(259, 64, 2, 4, 2, 16, 96, 1e-5, 10_000, 256, true);

    @TempDir
    private Path folder;

    @Test
    void aTrainingWritesAFolderThatReadsAsACheckpointAndIsTheSameEachTime() throws IOException {
        writeData();
        for (String model : List.of("first", "second")) {
            TrainDecoder.main(
                    new String[] {folder.toString(), folder.resolve(model).toString(), "2", "5", "1"});
        }

        Checkpoint checkpoint = CheckpointReader.read(folder.resolve("first"));
        assertThat(checkpoint.definition().tiedEmbeddings()).isTrue();
        assertThat(checkpoint.definition().heads()).isEqualTo(4);
        assertThat(checkpoint.definition().keyValueHeads()).isEqualTo(2);
        assertThat(checkpoint.endOfSequence()).containsExactly(BytePairTrainer.END);
        assertThat(folder.resolve("second/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("first/model.safetensors"));
        assertThat(folder.resolve("first/README.md"))
                .content()
                .contains("2 AdamW steps", "seed 5", "from a test", "| letters | 1 | 2 | 1 |", "`q a` → `b`");
    }

    @Test
    void aSmallModelLearnsToAnswer() throws IOException {
        writeData();
        TrainingData data = new TrainingData(TrainingData.read(folder, "train"), new BytePairTrainer(List.of(), 0));
        SplittableRandom random = new SplittableRandom(3);

        try (DecoderTrainer trainer =
                new DecoderTrainer(SMALL, DecoderWeights.initial(SMALL, 3), Optional.empty(), 1)) {
            float first = trainer.step(data.draw(64, Map.of("letters", 1), random), 1e-2f);
            float last = first;
            for (int step = 0; step < 40; step++) {
                last = trainer.step(data.draw(64, Map.of("letters", 1), random), 1e-2f);
            }

            assertThat(first).isGreaterThan(3f);
            assertThat(last).isLessThan(0.1f);
            assertThat(ExactMatch.of(trainer, data)).containsEntry("letters", 1.0);
            assertThat(trainer.weights().get(0).values())
                    .isNotEqualTo(DecoderWeights.initial(SMALL, 3).get(0).values());
        }
    }

    @Test
    void theOutputLayerCanBeAnotherThanTheEmbedding() throws IOException {
        writeData();
        TrainingData data = new TrainingData(TrainingData.read(folder, "train"), new BytePairTrainer(List.of(), 0));
        TrainingData.Batch batch = data.slice("letters", 0, 2);
        float[] head = new float[SMALL.vocabularySize() * SMALL.hiddenSize()];

        try (DecoderTrainer trainer =
                new DecoderTrainer(SMALL, DecoderWeights.initial(SMALL, 3), Optional.of(head), 1)) {
            // All scores are zero, and the first of equals wins.
            assertThat(trainer.predict(batch)).containsOnly(0);
        }
    }

    @Test
    void missingArgumentsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainDecoder.main(new String[] {folder.toString()}))
                .withMessageContaining("<data folder> <model folder> <steps> <seed> <threads>");
    }

    private void writeData() throws IOException {
        Files.writeString(
                folder.resolve("letters.train.jsonl"),
                "{\"prompt\":\"q a\",\"answer\":\" b\"}\n{\"prompt\":\"q c\",\"answer\":\" d\"}\n");
        Files.writeString(folder.resolve("letters.test.jsonl"), "{\"prompt\":\"q a\",\"answer\":\" b\"}\n");
        Files.writeString(folder.resolve("origin.txt"), "from a test\n");
    }
}
