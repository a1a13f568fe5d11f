package dev.weighbridge.inference.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
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
