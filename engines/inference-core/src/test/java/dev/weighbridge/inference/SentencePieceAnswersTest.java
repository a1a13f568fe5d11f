package dev.weighbridge.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.Batching;
import dev.weighbridge.api.GenerationRequest.Sampling;
import dev.weighbridge.inference.reference.ReferenceBackend;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import dev.weighbridge.inference.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers of a model whose words carry the space before them, as SentencePiece writes them. */
@Timeout(60)
class SentencePieceAnswersTest {
    private static final String SPACE = "\u2581";

    private InferenceService service;

    /** Letters, two-letter words with a space before them, and the bytes of UTF-8 that the euro sign needs. */
    @BeforeEach
    void open(@TempDir Path scratch) throws IOException {
        Path model = TinyCheckpoint.write(scratch.resolve("tiny"), List.of());
        ObjectNode json = (ObjectNode) new ObjectMapper()
                .readTree(Path.of("src", "test", "resources", "tokenizers", "byte-fallback", "tokenizer.json")
                        .toFile());
        ObjectNode bpe = (ObjectNode) json.get("model");
        bpe.putArray("merges");
        ObjectNode vocabulary = bpe.putObject("vocab")
                .put("<unk>", 0)
                .put("<s>", 1)
                .put("</s>", 2)
                .put(SPACE, 3);
        for (String value : List.of("E2", "82", "AC", "20")) {
            vocabulary.put("<0x" + value + ">", vocabulary.size());
        }
        for (char letter = 'a'; letter <= 'z'; letter++) {
            vocabulary.put(String.valueOf(letter), vocabulary.size());
        }
        for (int i = 0; vocabulary.size() < TinyCheckpoint.VOCABULARY; i++) {
            vocabulary.put(SPACE + (char) ('a' + i / 26) + (char) ('a' + i % 26), vocabulary.size());
        }
        TinyCheckpoint.writeJson(model.resolve("tokenizer.json"), json);
        service = InferenceService.open(new ReferenceBackend(), Specs.of(model, Batching.continuous(2)));
    }

    @AfterEach
    void close() {
        service.close();
    }

    private Answer.Finished answer(String prompt, long seed, List<String> stop) {
        Answer answer = new Answer();
        service.generate(new TextRequest(prompt, 25, new Sampling(3, 0, 1, seed), stop, 2), answer);
        return answer.await();
    }

    @Test
    void anAnswerIsWhatItsTokensAddToThePrompt() {
        TextTokenizer tokenizer = service.tokenizer();
        int spaces = 0;
        for (String prompt : List.of("the capital is", "is \u20ac", "")) {
            for (long seed = 0; seed < 20; seed++) {
                Answer.Finished answer = answer(prompt, seed, List.of());
                int[] tokens = IntStream.concat(
                                IntStream.of(tokenizer.encode(prompt)),
                                answer.scores().stream().mapToInt(TokenScore::token))
                        .toArray();
                assertThat(prompt + answer.text()).isEqualTo(tokenizer.decode(tokens));
                spaces += answer.text().startsWith(" ") ? 1 : 0;
            }
        }
        assertThat(spaces).isGreaterThan(20);
    }

    @Test
    void offsetsAreThoseOfTheTokensThoughTextIsHeldBack() {
        String prompt = "is \u20ac\ud83d\ude00";
        // Each word may begin the first; the second is one that comes.
        for (String stop : List.of(" ", "a", "\u20ac")) {
            for (long seed = 0; seed < 20; seed++) {
                Answer.Finished answer = answer(prompt, seed, List.of(stop + "\u0001\u0002"));
                StringBuilder before = new StringBuilder(prompt);
                for (TokenScore score : answer.scores()) {
                    assertThat(score.offset()).isEqualTo(codePoints(before.toString()));
                    before.append(score.text());
                }
                assertThat(prompt + answer.text()).startsWith(before.toString());
            }
        }
    }

    @Test
    void alternativesAreShownAsTheyWouldBeAdded() {
        Answer.Finished answer = answer("is", 1, List.of());
        for (TokenScore score : answer.scores()) {
            for (TokenScore.Alternative alternative : score.top()) {
                if (alternative.token() == score.token() && !score.text().isEmpty()) {
                    assertThat(score.text()).endsWith(alternative.text());
                }
            }
        }
        assertThat(answer.scores().stream()
                        .flatMap(score -> score.top().stream())
                        .map(TokenScore.Alternative::text))
                .anyMatch(text -> text.startsWith(" "));
    }

    @Test
    void scoredTextIsThatOfThePromptWithItsSpecialTokens() {
        String text = "the </s>end \u20ac is<s> a\u20ac";
        List<TokenScore> scores = service.score(text, 1);
        StringBuilder before = new StringBuilder();
        for (TokenScore score : scores) {
            assertThat(score.offset()).isEqualTo(codePoints(before.toString()));
            before.append(score.text());
        }
        assertThat(before.toString()).isEqualTo(text);
        assertThat(scores)
                .filteredOn(score -> score.text().equals("</s>"))
                .singleElement()
                .satisfies(score -> {
                    assertThat(score.token()).isEqualTo(2);
                    assertThat(score.offset()).isEqualTo(4);
                });
    }

    private static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }
}
