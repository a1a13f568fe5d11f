package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.inference.reference.TinyCheckpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The byte-level tokenizer of the tiny checkpoint: every text has tokens, and they lead back to it. */
class TextTokenizerTest {
    private static TextTokenizer tokenizer;
    private static Path scratch;

    @BeforeAll
    static void read(@TempDir Path folder) {
        scratch = folder;
        tokenizer = TextTokenizer.read(TinyCheckpoint.write(folder.resolve("tiny")));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    static String randomText(SplittableRandom random, int length) {
        int[] starts = {' ', 'a', 0, 0xe0, 0x400, 0x3042, 0xfff0, 0x1f600, 0x10fff0};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int point = starts[random.nextInt(starts.length)] + random.nextInt(16);
            text.appendCodePoint(point);
        }
        return text.toString();
    }

    static String streamed(TextTokenizer tokenizer, int[] tokens) {
        StreamDecoder decoder = tokenizer.streamDecoder();
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(decoder.push(token));
        }
        return text.append(decoder.finish()).toString();
    }

    @Test
    void textsLeadToTokensAndBack() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 300; round++) {
            String text = randomText(random, random.nextInt(40));
            int[] tokens = tokenizer.encode(text, false);
            assertThat(tokenizer.decode(tokens)).isEqualTo(text);
            assertThat(streamed(tokenizer, tokens)).isEqualTo(text);
        }
    }

    @Test
    void mergesAreApplied() {
        assertThat(tokenizer.encode("the", false)).containsExactly(TinyCheckpoint.FIRST_BYTE + 256 + 2);
        assertThat(tokenizer.vocabularySize()).isEqualTo(TinyCheckpoint.VOCABULARY);
    }

    @Test
    void charactersComeOutWhole() {
        StreamDecoder decoder = tokenizer.streamDecoder();
        List<String> pieces = new ArrayList<>();
        for (byte value : "aé€😀b".getBytes(StandardCharsets.UTF_8)) {
            pieces.add(decoder.push(TinyCheckpoint.FIRST_BYTE + (value & 0xff)));
        }
        assertThat(pieces).containsExactly("a", "", "é", "", "", "€", "", "", "", "😀", "b");
        assertThat(decoder.finish()).isEmpty();
    }

    @Test
    void randomBytesAreStreamedAsTheyAreDecoded() {
        SplittableRandom random = new SplittableRandom(2);
        int[] bytes = {0x41, 0x80, 0x82, 0x9f, 0xac, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf8, 0xff};
        for (int round = 0; round < 2000; round++) {
            int[] tokens = new int[1 + random.nextInt(12)];
            Arrays.setAll(tokens, i -> TinyCheckpoint.FIRST_BYTE + bytes[random.nextInt(bytes.length)]);
            assertThat(streamed(tokenizer, tokens))
                    .as("%s", Arrays.toString(tokens))
                    .isEqualTo(tokenizer.decode(tokens));
        }
    }

    @Test
    void promptBeginsWithTheBeginningOnce() {
        assertThat(tokenizer.encode("a")).containsExactly(TinyCheckpoint.BEGINNING, TinyCheckpoint.FIRST_BYTE + 'a');
        assertThat(tokenizer.encode("<|bos|>a")).isEqualTo(tokenizer.encode("a"));
        assertThat(tokenizer.encode("")).containsExactly(TinyCheckpoint.BEGINNING);
        assertThat(tokenizer.decode(tokenizer.encode("a<|eos|>"))).isEqualTo("a");
    }

    @Test
    void loneSurrogateIsTakenAsTheReplacementCharacter() {
        assertThat(tokenizer.encode("a\ud83db", false)).isEqualTo(tokenizer.encode("a\ufffdb", false));
        assertThat(tokenizer.encode("\ude00", false)).isEqualTo(tokenizer.encode("\ufffd", false));
    }

    @Test
    void lengthLimitsInTheFileDoNotCutPrompts() throws IOException {
        Path folder = TinyCheckpoint.write(scratch.resolve("limited"));
        ObjectNode json = TinyCheckpoint.tokenizer();
        json.putObject("truncation")
                .put("direction", "Right")
                .put("max_length", 4)
                .put("strategy", "LongestFirst")
                .put("stride", 0);
        ObjectNode padding = json.putObject("padding");
        padding.putObject("strategy").put("Fixed", 3000);
        padding.put("direction", "Right")
                .putNull("pad_to_multiple_of")
                .put("pad_id", 1)
                .put("pad_type_id", 0)
                .put("pad_token", "<|eos|>");
        TinyCheckpoint.writeJson(folder.resolve("tokenizer.json"), json);
        try (TextTokenizer limited = TextTokenizer.read(folder)) {
            assertThat(limited.encode("x".repeat(2000))).hasSize(2001);
        }
    }

    @Test
    void severalThreadsMayUseIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                results.add(threads.submit(() -> {
                    for (int round = 0; round < 100; round++) {
                        String text = randomText(random, 30);
                        assertThat(tokenizer.decode(tokenizer.encode(text, false)))
                                .isEqualTo(text);
                    }
                    return true;
                }));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void closingWhileInUseNeitherCrashesNorHangs() throws Exception {
        TextTokenizer shared = TextTokenizer.read(scratch.resolve("tiny"));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<EngineException> end = threads.submit(() -> {
                while (true) {
                    try {
                        shared.encode("some text");
                    } catch (EngineException e) {
                        return e;
                    }
                }
            });
            shared.close();
            shared.close();
            assertThat(end.get()).hasMessage("the tokenizer was closed");
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void damagedOrMissingFileIsABadModel() throws IOException {
        Path folder = Files.createDirectories(scratch.resolve("damaged"));
        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> TextTokenizer.read(folder));
        for (String content : List.of("", "{", "{}", "{\"model\":{\"type\":\"Magic\"}}", "\0\1\2")) {
            Files.writeString(folder.resolve("tokenizer.json"), content);
            assertThatThrownBy(() -> TextTokenizer.read(folder))
                    .as(content)
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("tokenizer.json is not a tokenizer that can be read")
                    .satisfies(e ->
                            assertThat(((EngineException) e).category()).isEqualTo(EngineException.Category.BAD_MODEL));
        }
    }
}
