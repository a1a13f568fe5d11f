package dev.weighbridge.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTrainerTest {
    private static final List<String> TEXTS = List.of(
            "Sort: banana apple banana -> apple banana banana",
            "Review: the banana was not great, but the apple was great. Sentiment: positive",
            "Compute 123 + 456 = 579",
            "Compute 11 + 11 = 22");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sort: banana apple ->",
                " great banana  applebanana",
                "Compute 1234567890 + 22 =",
                "Größe 漢字 🙂 \n\ttab",
                "what?! (banana), 3.5",
                ""
            })
    void theWrittenTokenizerEncodesAsTheTrainerDoes(String text) throws IOException {
        BytePairTrainer trainer = new BytePairTrainer(TEXTS, 320);

        try (HuggingFaceTokenizer tokenizer = written(trainer)) {
            long[] expected = Arrays.stream(trainer.encode(text)).asLongStream().toArray();
            assertThat(tokenizer.encode(text, false, false).getIds()).isEqualTo(expected);
            assertThat(tokenizer.decode(expected, false)).isEqualTo(text);
        }
    }

    @Test
    void aPromptBeginsWithTheBeginningOfSequence() throws IOException {
        try (HuggingFaceTokenizer tokenizer = written(new BytePairTrainer(TEXTS, 300))) {
            assertThat(tokenizer.encode("apple").getIds()).startsWith(BytePairTrainer.BEGINNING);
            assertThat(tokenizer.encode("<|eos|><|pad|>", false, false).getIds())
                    .containsExactly(BytePairTrainer.END, BytePairTrainer.PADDING);
        }
    }

    @Test
    void digitsNeverMerge() {
        BytePairTrainer trainer = new BytePairTrainer(Collections.nCopies(50, "77 777 7777"), 320);

        assertThat(trainer.encode("77777")).hasSize(5);
    }

    @Test
    void frequentWordsBecomeOneTokenAndEveryIdIsInTheVocabulary() {
        BytePairTrainer trainer = new BytePairTrainer(TEXTS, 280);

        assertThat(trainer.vocabularySize()).isEqualTo(280);
        assertThat(trainer.encode(" banana")).hasSize(1);
        assertThat(Arrays.stream(trainer.encode("qwertz"))).hasSize(6).allMatch(id -> id >= 0 && id < 280);
    }

    @Test
    void mergingStopsWhenNoPairOccursTwice() {
        assertThat(new BytePairTrainer(List.of("abcdef"), 1_000).vocabularySize())
                .isEqualTo(256 + 3);
    }

    @Test
    void theSameTextsGiveTheSameTokenizer() throws IOException {
        assertThat(new BytePairTrainer(TEXTS, 300).json()).isEqualTo(new BytePairTrainer(TEXTS, 300).json());
    }

    @Test
    void bytesHaveDifferentPrintableStandIns() {
        List<Integer> characters = new ArrayList<>();
        for (int value = 0; value < 256; value++) {
            characters.add(BytePairTrainer.byteCharacter(value));
        }
        assertThat(new HashSet<>(characters)).hasSize(256);
        assertThat(characters).noneMatch(Character::isWhitespace).noneMatch(Character::isISOControl);
        assertThat(BytePairTrainer.byteCharacter(' ')).isEqualTo('Ġ');
        assertThat(BytePairTrainer.byteCharacter('\n')).isEqualTo('Ċ');
    }

    private HuggingFaceTokenizer written(BytePairTrainer trainer) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Files.writeString(file, trainer.json());
        return HuggingFaceTokenizer.newInstance(file, Map.of());
    }
}
