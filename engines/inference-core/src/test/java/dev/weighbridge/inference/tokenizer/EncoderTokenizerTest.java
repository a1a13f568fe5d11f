package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.tokenizer.EncoderTokenizer.Encoded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BERT's tokenizer from its vocab.txt as the tokenizers library has it; scripts/reference/README.md says how the values were made. */
class EncoderTokenizerTest {
    private static final Path FILE = Path.of("src", "test", "resources", "text", "bert-tokens.zip");
    private static final int FIRST_LETTER = 0x100;

    @TempDir
    private static Path scratch;

    private static JsonNode expected;
    private static List<String> texts;

    @BeforeAll
    static void unpack() throws IOException {
        try (ZipFile file = new ZipFile(FILE.toFile())) {
            expected = new ObjectMapper().readTree(file.getInputStream(file.getEntry("tokens.json")));
        }
        texts = new ArrayList<>();
        expected.path("texts").forEach(text -> texts.add(text.asText()));
    }

    private static EncoderTokenizer tokenizer(String kind, int longest) throws IOException {
        Path folder = Files.createDirectories(scratch.resolve(kind));
        List<String> lines = new ArrayList<>();
        expected.path("vocabulary").forEach(token -> lines.add(token.asText()));
        Files.write(folder.resolve("vocab.txt"), lines);
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"do_lower_case\": " + kind.equals("uncased") + "}");
        return EncoderTokenizer.read(folder, longest);
    }

    /** Tokens are written as characters: id i is U+0100 + i. */
    private static String letters(long[] ids) {
        StringBuilder letters = new StringBuilder();
        LongStream.of(ids).forEach(id -> letters.append((char) (FIRST_LETTER + id)));
        return letters.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncased", "cased"})
    void everyTextAndEveryPairHasTheTokensOfTheLibrary(String kind) throws IOException {
        JsonNode own = expected.path(kind);
        assertThat(texts).hasSizeGreaterThan(2000);
        try (EncoderTokenizer tokenizer = tokenizer(kind, expected.path("cut").asInt())) {
            String seconds = own.path("seconds").asText();
            for (int i = 0; i < texts.size(); i++) {
                assertThat(letters(tokenizer.encode(texts.get(i)).tokens()))
                        .as(texts.get(i))
                        .isEqualTo(own.path("ids").path(i).asText());
                String before = texts.get((i + texts.size() - 1) % texts.size());
                Encoded pair = tokenizer.encodePair(texts.get(i), before);
                assertThat(letters(pair.tokens()))
                        .as(texts.get(i))
                        .isEqualTo(own.path("pairs").path(i).asText());
                assertThat(LongStream.of(pair.types()).sum()).isEqualTo(seconds.charAt(i) - FIRST_LETTER);
            }
        }
    }

    @Test
    void windowsHoldEveryTokenOfAText() throws IOException {
        String text = "the scale at the gate weighs every truck that comes in, and once more when it leaves";
        try (EncoderTokenizer narrow = tokenizer("uncased", 8);
                EncoderTokenizer wide = tokenizer("uncased", 500)) {
            long[] all = wide.encode(text).tokens();
            List<Encoded> windows = narrow.windows(text, 20);
            assertThat(windows).hasSizeGreaterThan(3);
            long[] joined = windows.stream()
                    .flatMapToLong(window -> Arrays.stream(window.tokens(), 1, window.tokens().length - 1))
                    .toArray();
            assertThat(joined).isEqualTo(Arrays.copyOfRange(all, 1, all.length - 1));
            for (Encoded window : windows) {
                assertThat(window.tokens().length).isLessThanOrEqualTo(8);
                assertThat(window.tokens()[0]).isEqualTo(all[0]);
                assertThat(window.tokens()[window.tokens().length - 1]).isEqualTo(all[all.length - 1]);
            }
            assertThat(narrow.windows("", 1)).hasSize(1);
            assertThatThrownBy(() -> narrow.windows(text, 3))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("more than 3 windows of 8 tokens");
            assertThatThrownBy(() -> narrow.windows("a ".repeat(600_000), 1_000_000))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("1200000 characters");
        }
    }

    @Test
    void ofAVeryLongTextTheBeginningIsReadAsItIs() throws IOException {
        try (EncoderTokenizer tokenizer = tokenizer("uncased", 16)) {
            for (String text : List.of(
                    "the gate, every truck; ".repeat(10_000_000 / 23),
                    "a".repeat(10_000_000),
                    "\uD83D\uDE00".repeat(5_000_000),
                    " ".repeat(300_000) + "the gate",
                    "x".repeat(5_000) + " the gate " + "y".repeat(400_000) + " in and out".repeat(10))) {
                long[] begin = tokenizer
                        .encode(text.length() > 1_000_000 ? text.substring(0, 20_000) : text)
                        .tokens();
                assertThat(tokenizer.encode(text).tokens()).isEqualTo(begin);
                Encoded pair = tokenizer.encodePair(text, "the gate");
                assertThat(pair.tokens().length).isLessThanOrEqualTo(16);
            }
        }
    }

    @Test
    void aSurrogateAloneIsAReplacementCharacter() throws IOException {
        try (EncoderTokenizer tokenizer = tokenizer("uncased", 16)) {
            assertThat(tokenizer.encode("a \uD83D b").tokens())
                    .isEqualTo(tokenizer.encode("a \uFFFD b").tokens());
            assertThat(tokenizer.encodePair("\uDE00", "\uD83D").tokens())
                    .isEqualTo(tokenizer.encodePair("\uFFFD", "\uFFFD").tokens());
            assertThat(tokenizer.windows("\uDE00", 2)).hasSize(1);
        }
    }

    @Test
    void aFolderThatHasNoTokenizerSaysSo() throws IOException {
        Path empty = Files.createDirectories(scratch.resolve("empty"));
        assertThatThrownBy(() -> EncoderTokenizer.read(empty, 16))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("neither tokenizer.json nor vocab.txt");
        Files.write(empty.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "a"));
        assertThatThrownBy(() -> EncoderTokenizer.read(empty, 16))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("no token [SEP]");
        Files.writeString(empty.resolve("tokenizer.json"), "[1, 2]");
        assertThatThrownBy(() -> EncoderTokenizer.read(empty, 16))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("tokenizer.json is not a tokenizer that can be read: it is no JSON object");
        Files.writeString(empty.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Nothing\"}}");
        assertThatThrownBy(() -> EncoderTokenizer.read(empty, 16)).isInstanceOf(EngineException.class);
    }
}
