package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers as their models were published, over a real text. */
class PublishedTokenizersTest {
    private static final Path DATA = Path.of("..", "..", "..", "shared", "data");
    private static final int CHUNK = 20_000;
    private static final int MOST = 400_000;

    private static TextTokenizer tokenizer(String name) {
        Path folder = DATA.resolve("hf_tokenizers").resolve(name);
        assumeTrue(Files.exists(folder.resolve("tokenizer.json")), "the tokenizer is not in " + folder);
        return TextTokenizer.read(folder);
    }

    private static String shakespeare() throws IOException {
        Path folder = DATA.resolve("tinyshakespeare");
        assumeTrue(Files.isDirectory(folder), "the text is not in " + folder);
        try (Stream<Path> files = Files.list(folder)) {
            Path largest = files.filter(file -> file.toString().endsWith(".txt"))
                    .max((left, right) ->
                            Long.compare(left.toFile().length(), right.toFile().length()))
                    .orElseThrow();
            String text = Files.readString(largest);
            return text.substring(0, Math.min(MOST, text.length()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt-neox-20b"})
    void shakespeareSurvivesTheWayThroughTokens(String name) throws IOException {
        String text = shakespeare();
        try (TextTokenizer tokenizer = tokenizer(name)) {
            for (int at = 0; at < text.length(); at += CHUNK) {
                String part = text.substring(at, Math.min(text.length(), at + CHUNK));
                int[] tokens = tokenizer.encode(part, false);
                assertThat(tokens).hasSizeLessThan(part.length());
                assertThat(tokenizer.decode(tokens)).isEqualTo(part);
                assertThat(TextTokenizerTest.streamed(tokenizer, tokens)).isEqualTo(part);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt-neox-20b", "t5-base"})
    void anyTokensAreStreamedAsTheyAreDecoded(String name) {
        SplittableRandom random = new SplittableRandom(3);
        try (TextTokenizer tokenizer = tokenizer(name)) {
            for (int round = 0; round < 300; round++) {
                int[] tokens = new int[1 + random.nextInt(30)];
                Arrays.setAll(tokens, i -> random.nextInt(tokenizer.vocabularySize()));
                assertThat(TextTokenizerTest.streamed(tokenizer, tokens))
                        .as("%s", Arrays.toString(tokens))
                        .isEqualTo(tokenizer.decode(tokens));
            }
        }
    }

    @Test
    void knownTokensAreTheOnesThatWerePublished() {
        try (TextTokenizer tokenizer = tokenizer("gpt2")) {
            // The beginning of the example in the model's own documentation.
            assertThat(tokenizer.encode("Hello world", false)).containsExactly(15496, 995);
            assertThat(tokenizer.encode("Hello world")).containsExactly(15496, 995);
        }
    }

    @Test
    void sentencePiecesComeWithTheSpacesBetweenThem() {
        try (TextTokenizer tokenizer = tokenizer("t5-base")) {
            StreamDecoder decoder = tokenizer.streamDecoder();
            StringBuilder text = new StringBuilder();
            for (int token : tokenizer.encode("The house is wonderful, isn't it?", false)) {
                text.append(decoder.push(token));
            }
            assertThat(text.append(decoder.finish()).toString()).isEqualTo("The house is wonderful, isn't it?");
        }
    }
}
