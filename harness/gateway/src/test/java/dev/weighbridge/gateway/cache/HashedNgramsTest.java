package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashedNgramsTest {
    private static final Embedding EMBEDDING = new HashedNgrams();
    private static final Embedding PLAIN =
            new HashedNgrams(HashedNgrams.STANDARD_DIMENSIONS, HashedNgrams.Weights.PLAIN);

    private static double similarity(Embedding embedding, String first, String second) {
        return VectorIndex.similarity(embedding.of(first), embedding.of(second));
    }

    private static double length(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    /** Every eighth value, as a program in Python computes it that shares nothing with this one but the definition. */
    @Test
    void valuesAreThoseOfTheDefinitionOnEveryMachine() {
        HashedNgrams small = new HashedNgrams(64, HashedNgrams.Weights.STANDARD);
        assertEighths(
                small.of("How many hours are in 3 days?"),
                -0.2585916f,
                -0.05756566f,
                0.0f,
                0.173942f,
                0.04348549f,
                0.07056947f,
                -0.2021023f,
                -0.04456184f);
        assertEighths(
                small.of("Do not list 17 names such as Ada."),
                -0.02801115f,
                -0.09593702f,
                0.0560223f,
                0.05991037f,
                -0.02801115f,
                0.02801115f,
                0.2526368f,
                -0.003888065f);
        assertEighths(
                small.of("Not 4 of 12, but 40!"),
                -0.03864301f,
                0.0f,
                0.0f,
                0.03864301f,
                0.0f,
                -0.09016702f,
                0.0f,
                -0.03864301f);
    }

    /** To the last bit, as JDK 17 and JDK 25 computed them, one after the other. */
    @Test
    void vectorsAreTheSameToTheLastBit() {
        assertThat(bits("How many hours are in 3 days?")).isEqualTo(-1746213260);
        assertThat(bits("...")).isEqualTo(-2103042047);
        assertThat(bits("Do not list 17 names such as Ada.")).isEqualTo(1761267259);
    }

    private static int bits(String text) {
        return Arrays.hashCode(EMBEDDING.of(text));
    }

    private static void assertEighths(float[] vector, float... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(vector[8 * i]).as("value " + 8 * i).isCloseTo(expected[i], within(1e-6f));
        }
    }

    @Test
    void everyTextHasAVectorOfLengthOne() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                // Any unit of UTF-16, lone surrogates among them, or a character that many texts have.
                text.append(random.nextBoolean() ? (char) random.nextInt(0x10000) : " .-'3anNtT".charAt(n % 10));
            }
            float[] vector = EMBEDDING.of(text.toString());
            assertThat(vector).hasSize(EMBEDDING.dimensions());
            assertThat(length(vector)).isCloseTo(1, within(1e-5));
            assertThat(EMBEDDING.of(text.toString())).isEqualTo(vector);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "...", "?!", "\u200d", "\u0301"})
    void aTextWithoutAnyWordIsNearNoOther(String text) {
        for (String other : List.of("What is 3 plus 4?", " !", "  ", ". .", "\ud800", "\ud83d\ude00")) {
            assertThat(Math.abs(similarity(EMBEDDING, text, other))).as(other).isLessThan(0.2);
        }
    }

    @Test
    void emojiAndLoneSurrogatesAreWordsOfTheirOwn() {
        assertThat(similarity(EMBEDDING, "\ud83d\ude00", "\ud83d\ude21")).isLessThan(0.5);
        assertThat(similarity(EMBEDDING, "\ud800", "\udc00")).isLessThan(0.5);
        assertThat(similarity(EMBEDDING, "\ud83d\ude00!", "\ud83d\ude00")).isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "What is the Time?, WHAT is the Time",
                "caf\u00e9 au lait, cafe\u0301 au lait",
                "\uff33\uff55\uff4d of 12, sum of \u0661\u0662",
                "I don't know, I do not know",
                "we can\u2019t go, we cannot go",
                "three apples, 3 apples",
                "a well-known fact, a well known fact"
            })
    void waysOfWritingTheSameAreTheSame(String first, String second) {
        assertThat(similarity(EMBEDDING, first, second)).isCloseTo(1, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "List the towns of the region with more than 4500 people, List the towns of the region with more than 4600 people",
                "Is this medicine safe for children under six years, Is this medicine not safe for children under six years",
                "Which of the parts may be washed in a machine, Which of the parts may never be washed in a machine",
                "How far is it from the station to Anna, How far is it from the station to Clara",
                "Count down from 12 to 3 in steps, Count down from 3 to 12 in steps",
                "How many pages has a book of 2 chapters, How many pages has a book of seven chapters",
                "How cold is it at -5 degrees outside, How cold is it at 5 degrees outside",
                "Compute 3 + 4 for me now, Compute 3 - 4 for me now"
            })
    void whatChangesTheAnswerTakesTextsApartThoughTheyReadAlike(String first, String second) {
        double similarity = similarity(EMBEDDING, first, second);
        assertThat(similarity).isLessThan(CacheSettings.STANDARD_THRESHOLD);
        assertThat(similarity).isLessThanOrEqualTo(similarity(PLAIN, first, second));
    }

    @Test
    void aDigitCountsInALongTextAsInAShortOne() {
        String context = "The report of the harbour office tells how ships came and went through the year. ".repeat(20);
        String first = context + "Which ships came in week 31?";
        String second = context + "Which ships came in week 37?";
        assertThat(similarity(PLAIN, first, second)).isGreaterThan(0.99);
        assertThat(similarity(EMBEDDING, first, second)).isLessThan(0.5);
    }

    @Test
    void paraphrasesAreNearerThanOtherQuestions() {
        assertThat(similarity(EMBEDDING, "How do I bake bread at home?", "Please tell me how I bake bread at home"))
                .isGreaterThan(
                        similarity(EMBEDDING, "How do I bake bread at home?", "Where is the nearest bakery?") + 0.3);
    }

    @Test
    void theIdNamesAllThatTheVectorsDependOn() {
        assertThat(EMBEDDING.id())
                .isEqualTo(
                        "hashed-ngrams-512(words=1.0,pairs=0.25,characters=0.5,numbers=3.0,negations=1.5,names=0.75)");
    }

    @Test
    void boundsAreHeld() {
        assertThatThrownBy(() -> new HashedNgrams(63, HashedNgrams.Weights.STANDARD))
                .hasMessageContaining("between 64 and 1024, got: 63");
        assertThatThrownBy(() -> new HashedNgrams(1025, HashedNgrams.Weights.STANDARD))
                .hasMessageContaining("got: 1025");
        assertThatThrownBy(() -> new HashedNgrams.Weights(0, 1, 1, 1, 1, 1)).hasMessageContaining("words");
        assertThatThrownBy(() -> new HashedNgrams.Weights(1, 1, 1, Double.NaN, 1, 1))
                .hasMessageContaining("numbers");
        assertThatThrownBy(() -> new HashedNgrams.Weights(1, -1, 1, 1, 1, 1)).hasMessageContaining("pairs");
        assertThatThrownBy(() -> new HashedNgrams.Weights(1, 1, 1, 1, 1, 101)).hasMessageContaining("names");
    }
}
