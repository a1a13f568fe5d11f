package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two tokenizers of a few merges, made for this test, whose tokens can be worked out by hand.
 *
 * <p>{@code byte-fallback} is in SentencePiece's style: a space is U+2581, one is put before the text, and a character that is no
 * piece becomes its bytes, byte {@code b} having the id {@code 3 + b}. Pieces follow from 259: U+2581, a, b, c, ab, U+2581 ab, bc.
 * Merges in order: a b, U+2581 ab, b c.
 *
 * <p>{@code byte-level} is in GPT-2's style: byte {@code b} has the id {@code b}; then th, the and " the" from 256, merged in that
 * order, and the special token {@code <|end|>}, 259.
 */
class SmallTokenizersTest {
    private static TextTokenizer tokenizer(String name) {
        return TextTokenizer.read(Path.of("src", "test", "resources", "tokenizers", name));
    }

    @ParameterizedTest
    @CsvSource({
        // a b merges before b c can, in both words; then the mark of the space joins.
        "ab abc, 264 264 262",
        // No merge joins the mark to bc or to a lone a.
        "bc, 259 265",
        "a c, 259 260 259 262",
        // UTF-8 of U+00E9 is C3 A9, of U+20AC E2 82 AC, of U+1F600 F0 9F 98 80.
        "\u00e9, 259 198 172",
        "a\u20ac, 259 260 229 133 175",
        "\ud83d\ude00b, 259 243 162 155 131 261",
        // d is no piece.
        "dab, 259 103 263",
    })
    void withByteFallbackACharacterThatIsNoPieceBecomesItsBytes(String text, String expected) {
        try (TextTokenizer tokenizer = tokenizer("byte-fallback")) {
            int[] tokens = ids(expected);
            assertThat(tokenizer.encode(text, false)).containsExactly(tokens);
            assertThat(tokenizer.decode(tokens)).isEqualTo(text);
            assertThat(TextTokenizerTest.streamed(tokenizer, tokens)).isEqualTo(text);
        }
    }

    @Test
    void theBeginningIsAddedUnlessTheTextBringsItAlong() {
        try (TextTokenizer tokenizer = tokenizer("byte-fallback")) {
            assertThat(tokenizer.encode("ab")).containsExactly(1, 264);
            assertThat(tokenizer.encode("<s>ab")).startsWith(1).containsOnlyOnce(1);
            assertThat(tokenizer.vocabularySize()).isEqualTo(266);
        }
    }

    /** DeepSeek's begins a text so: as text, the decoder would show its mark of a space as a space. */
    @ParameterizedTest
    @ValueSource(strings = {"<s>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>"})
    void aRenderedChatHasOneBeginning(String beginning, @TempDir Path folder) throws IOException {
        String json = Files.readString(Path.of("src/test/resources/tokenizers/byte-fallback/tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer.json"), json.replace("<s>", beginning));
        try (TextTokenizer tokenizer = TextTokenizer.read(folder)) {
            assertThat(tokenizer.encode("ab")).containsExactly(1, 264);
            for (String text : List.of("ab", "\nab", beginning + "ab", "\n " + beginning + "ab")) {
                assertThat(tokenizer.encode(text)).as(text).containsOnlyOnce(1);
            }
            assertThat(tokenizer.encode(beginning + "ab" + beginning))
                    .startsWith(1)
                    .endsWith(1);
            assertThat(tokenizer.encode(beginning)).containsExactly(1);
            assertThat(tokenizer.encode("")).containsExactly(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                // The mark of the space that is put before a text takes none of it.
                "byte-fallback;ab abc;0 0 2 5",
                "byte-fallback;bc;0 0 0",
                "byte-fallback;a\u20acb;0 0 0 1 1 1 2",
                "byte-fallback;\ud83d\ude00</s>ab;0 0 0 0 0 0 1 5",
                "byte-level;\u00e9the the;0 0 1 4",
                "byte-level;a<|end|>\ud83d\ude00th;0 1 8 8 8 8 9",
            })
    void eachTokenHasItsPlaceInTheText(String name, String text, String offsets) {
        try (TextTokenizer tokenizer = tokenizer(name)) {
            assertThat(tokenizer.encodePlaced(text).offsets()).containsExactly(ids(offsets));
            assertThat(tokenizer.encodePlaced(text).tokens()).isEqualTo(tokenizer.encode(text));
        }
    }

    @Test
    void bytesOfAnUnfinishedCharacterAreHeldBackWhileStreaming() {
        try (TextTokenizer tokenizer = tokenizer("byte-fallback")) {
            StreamDecoder decoder = tokenizer.streamDecoder();
            assertThat(decoder.push(264)).isEqualTo("ab");
            assertThat(decoder.push(229)).isEmpty();
            assertThat(decoder.push(133)).isEmpty();
            assertThat(decoder.push(175)).isEqualTo("\u20ac");
            assertThat(decoder.finish()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                // After a text, a word has the space that it lacks at the start of one.
                "1 264|264 260|' aba'",
                "1|264 264|'ab ab'",
                "264|2 264|' ab'",
                "1 264 2|264|' ab'",
                // Only one space is dropped, whatever it is made of.
                "1|259 264|' ab'",
                "1|35 264|' ab'",
                // A byte is a character, part of one, or none; special tokens are not there.
                "264|198 172 264|'\u00e9 ab'",
                "264|229 2 133 175|'\u20ac'",
                "264|198 264|'\ufffd ab'",
                "264|229 133 260|'\ufffd\ufffda'",
                "1|229 133 175 258 198|'\u20ac\ufffd\ufffd'",
            })
    void anAnswerIsWhatItsTokensAddToThePrompt(String prompt, String answer, String text) {
        try (TextTokenizer tokenizer = tokenizer("byte-fallback")) {
            StreamDecoder decoder = tokenizer.streamDecoder(ids(prompt));
            StringBuilder streamed = new StringBuilder();
            for (int token : ids(answer)) {
                streamed.append(decoder.push(token));
            }
            assertThat(streamed.append(decoder.finish()).toString()).isEqualTo(text.replace("'", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-fallback", "byte-level"})
    void anyTokensAreStreamedAsTheyAreDecoded(String name) {
        SplittableRandom random = new SplittableRandom(5);
        try (TextTokenizer tokenizer = tokenizer(name)) {
            for (int round = 0; round < 2000; round++) {
                int[] tokens = new int[1 + random.nextInt(12)];
                Arrays.setAll(tokens, i -> random.nextInt(tokenizer.vocabularySize()));
                String whole = tokenizer.decode(tokens);
                int cut = random.nextInt(tokens.length + 1);
                StreamDecoder decoder = tokenizer.streamDecoder();
                StringBuilder start = new StringBuilder();
                for (int i = 0; i < cut; i++) {
                    start.append(decoder.push(tokens[i]));
                }
                StreamDecoder after = tokenizer.streamDecoder(Arrays.copyOf(tokens, cut));
                StringBuilder rest = new StringBuilder();
                for (int i = cut; i < tokens.length; i++) {
                    rest.append(after.push(tokens[i]));
                }
                assertThat(start.append(rest).append(after.finish()).toString())
                        .as("%s cut at %d", Arrays.toString(tokens), cut)
                        .isEqualTo(whole);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "the then|257 258 110",
                // Of two spaces the first is a word of its own.
                "a  the|97 32 258",
                "\u00e9th|195 169 256",
                "\ud83d\ude00|240 159 152 128",
                "tHe|116 72 101",
            })
    void byteLevelTokensStandForBytesAndMerges(String text, String expected) {
        try (TextTokenizer tokenizer = tokenizer("byte-level")) {
            int[] tokens = ids(expected);
            assertThat(tokenizer.encode(text, false)).containsExactly(tokens);
            assertThat(tokenizer.decode(tokens)).isEqualTo(text);
            assertThat(TextTokenizerTest.streamed(tokenizer, tokens)).isEqualTo(text);
        }
    }

    @Test
    void aSpecialTokenIsReadAndNotShown() {
        try (TextTokenizer tokenizer = tokenizer("byte-level")) {
            assertThat(tokenizer.encode("<|end|>the", false)).containsExactly(259, 257);
            assertThat(tokenizer.decode(new int[] {257, 259, 258})).isEqualTo("the the");
            assertThat(TextTokenizerTest.streamed(tokenizer, new int[] {257, 259, 258}))
                    .isEqualTo("the the");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-fallback", "byte-level"})
    void textsLeadToTokensAndBack(String name) {
        SplittableRandom random = new SplittableRandom(3);
        try (TextTokenizer tokenizer = tokenizer(name)) {
            for (int round = 0; round < 300; round++) {
                String text = TextTokenizerTest.randomText(random, random.nextInt(40)) + "the ab";
                int[] tokens = tokenizer.encode(text, false);
                assertThat(tokenizer.decode(tokens)).isEqualTo(text);
                assertThat(TextTokenizerTest.streamed(tokenizer, tokens)).isEqualTo(text);
            }
        }
    }

    private static int[] ids(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }
}
