package dev.weighbridge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.inference.checkpoint.Checkpoint;
import dev.weighbridge.inference.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainDecoderTest {
    private static final DecoderShape SMALL = new DecoderShape(259, 64, 2, 4, 2, 16, 96, 1e-5, 10_000, 256);

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
        assertThat(checkpoint.definition().head().tied()).isTrue();
        assertThat(checkpoint.definition().attention(0).heads()).isEqualTo(4);
        assertThat(checkpoint.definition().attention(0).keyValueHeads()).isEqualTo(2);
        assertThat(checkpoint.endOfSequence()).containsExactly(BytePairTrainer.END);
        assertThat(folder.resolve("second/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("first/model.safetensors"));
        assertThat(folder.resolve("first/README.md"))
                .content()
                .contains("2 AdamW steps", "seed 5", "| letters | 1 | 2 | 1 |");
    }

    @Test
    void aSmallModelLearnsToAnswer() throws IOException {
        writeData();
        TrainingData data = new TrainingData(TrainingData.read(folder, "train"), new BytePairTrainer(List.of(), 0));
        SplittableRandom random = new SplittableRandom(3);

        try (DecoderTrainer trainer = new DecoderTrainer(SMALL, DecoderWeights.initial(SMALL, 3), 1)) {
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
    void aFolderThatHoldsAModelIsTrainedFurtherWithItsOwnTokenizer() throws IOException {
        writeData();
        String[] arguments = {folder.toString(), folder.resolve("model").toString(), "2", "5", "1"};
        TrainDecoder.main(arguments);
        byte[] tokenizer = Files.readAllBytes(folder.resolve("model/tokenizer.json"));
        byte[] weights = Files.readAllBytes(folder.resolve("model/model.safetensors"));
        TrainDecoder.main(arguments);

        assertThat(folder.resolve("model/tokenizer.json")).hasBinaryContent(tokenizer);
        assertThat(Files.readAllBytes(folder.resolve("model/model.safetensors")))
                .isNotEqualTo(weights);
        BytePairTrainer read = new BytePairTrainer(new ObjectMapper().readTree(tokenizer));
        assertThat(read.encode("q a b")).isEqualTo(new BytePairTrainer(List.of("q a b", "q c d"), 512).encode("q a b"));
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
    }
}
