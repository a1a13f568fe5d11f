package dev.weighbridge.scoring.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.scoring.ScoringException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedbackLogTest {
    private static FeedbackLog.Summary read(String log) throws IOException {
        return FeedbackLog.read(new StringReader(log), null);
    }

    @Test
    void figuresAreByVariantAndBoundedByTheSilent() throws IOException {
        FeedbackLog.Summary summary = read("""
                {"request": "1", "variant": "int8", "thumbs": "up", "rating": 5}
                {"request": "2", "variant": "int8", "thumbs": "down", "time": 3}
                {"request": 3, "variant": "int8", "thumbs": true}
                {"request": "4", "variant": "int8", "rating": 2, "thumbs": null}
                {"request": "5", "variant": "int8", "answer": "one two three four", "edited": "one 2 three"}

                {"request": "6", "variant": "int8"}
                {"request": "7", "variant": "int8"}
                {"request": "8", "variant": "int8"}
                {"prompt": "why?", "model": "fp16", "thumbs": 0}
                """);
        VariantFeedback int8 = summary.variants().get("int8");
        assertThat(int8.requests()).isEqualTo(8);
        assertThat(int8.responseRate()).isCloseTo(5 / 8.0, within(1e-12));
        assertThat(int8.thumbsUp()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(int8.leastThumbsUp()).isCloseTo(2 / 8.0, within(1e-12));
        assertThat(int8.mostThumbsUp()).isCloseTo(7 / 8.0, within(1e-12));
        assertThat(int8.meanRating()).isCloseTo(3.5, within(1e-12));
        assertThat(int8.leastMeanRating()).isCloseTo((7 + 6) / 8.0, within(1e-12));
        assertThat(int8.mostMeanRating()).isCloseTo((7 + 30) / 8.0, within(1e-12));
        assertThat(int8.meanEdit()).isCloseTo(0.5, within(1e-6));
        assertThat(summary.variants().get("fp16").thumbsUp()).isZero();
        assertThat(summary.variants().get("fp16").meanRating()).isNaN();
        assertThat(summary.rows()).isEqualTo(9);
        assertThat(summary.broken()).isEmpty();
    }

    @Test
    void laterRowsAddToARequestAndCorrectIt() throws IOException {
        VariantFeedback feedback = read("""
                {"request_id": "1", "model": "m"}
                {"request_id": "1", "model": "m", "thumbs": "up"}
                {"request_id": "1", "model": "m", "rating": 4}
                {"request_id": "1", "model": "m", "thumbs": "down"}
                {"request_id": "1", "model": "other", "thumbs": "up"}
                """).variants().get("m");
        assertThat(feedback).isEqualTo(new VariantFeedback(1, 1, 0, 1, 1, 4, 16, 0, 0, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{ | no JSON",
                "[] | no JSON object",
                "{} {} | no JSON",
                "{\"variant\": \"v\"} | no field request or request_id or prompt",
                "{\"request\": \"r\"} | no field variant or model",
                "{\"request\": {}, \"variant\": \"v\"} | field request has no text",
                "{\"request\": \"r\", \"variant\": \" \"} | field variant has no text",
                "{\"request\": \"r\", \"variant\": \"v\", \"thumbs\": \"sideways\"} | thumbs neither up nor down",
                "{\"request\": \"r\", \"variant\": \"v\", \"rating\": 6} | rating not from 1 to 5",
                "{\"request\": \"r\", \"variant\": \"v\", \"rating\": 2.5} | rating not from 1 to 5",
                "{\"request\": \"r\", \"variant\": \"v\", \"rating\": \"5\"} | rating not from 1 to 5",
                "{\"request\": \"r\", \"variant\": \"v\", \"rating\": 1e999} | rating not from 1 to 5",
                "{\"request\": \"r\", \"variant\": \"v\", \"edited\": \"x\"} | edited text without the text of the answer",
            })
    void aBrokenRowIsCountedByItsFault(String row, String reason) throws IOException {
        FeedbackLog.Summary summary = read(row + "\n{\"request\": \"ok\", \"variant\": \"v\"}\r\n" + row);
        assertThat(summary.broken()).isEqualTo(Map.of(reason, 2L));
        assertThat(summary.rows()).isEqualTo(3);
        assertThat(summary.variants().get("v").requests()).isEqualTo(1);
    }

    @Test
    void logsAreOneAndRequestsOfTwoVariantsArePaired(@TempDir Path folder) throws IOException {
        Path first = Files.writeString(folder.resolve("first.jsonl"), """
                {"request": "1", "variant": "old", "thumbs": "down", "rating": 2}
                {"request": "1", "variant": "new", "thumbs": "up", "rating": 5}
                {"request": "2", "variant": "old", "thumbs": "up"}
                {"request": "2", "variant": "new"}
                {"request": "3", "variant": "new", "thumbs": "up"}
                """);
        Path second = Files.writeString(folder.resolve("second.jsonl"), """
                {"request": "2", "variant": "new", "thumbs": "down"}
                {"request": "4", "variant": "other", "rating": 1}
                """);
        FeedbackLog.Summary summary = FeedbackLog.read(List.of(first, second), "old");
        assertThat(summary.variants().get("new").requests()).isEqualTo(3);
        assertThat(summary.paired()).containsOnlyKeys("new");
        PairedFeedback paired = summary.paired().get("new");
        assertThat(paired.thumbs().n()).isEqualTo(2);
        assertThat(paired.thumbs().ours()).containsExactlyInAnyOrder(1, 0);
        for (int i = 0; i < 2; i++) {
            assertThat(paired.thumbs().baseline()[i])
                    .isEqualTo(1 - paired.thumbs().ours()[i]);
        }
        assertThat(paired.ratings().ours()).containsExactly(5);
        assertThat(paired.ratings().baseline()).containsExactly(2);
        assertThat(paired.edits().n()).isZero();
        assertThatThrownBy(() -> FeedbackLog.read(List.of(first), "older"))
                .isInstanceOf(ScoringException.class)
                .hasMessageContainingAll("no variant 'older'", "old");
    }

    @Test
    void theSpreadIsThatOfTheValues() throws IOException {
        VariantFeedback feedback = read("""
                {"request": "1", "variant": "v", "rating": 5, "answer": "a b", "edited": "a c"}
                {"request": "2", "variant": "v", "rating": 2}
                {"request": "3", "variant": "v", "rating": 5}
                """).variants().get("v");
        assertThat(feedback.ratingVariance()).isCloseTo(3, within(1e-12));
        assertThat(feedback.editVariance()).isNaN();
    }

    @Test
    void aTableHasTheSameFieldsAsColumns(@TempDir Path folder) throws IOException {
        Path table = Files.writeString(folder.resolve("log.CSV"), """
                request,variant,thumbs,rating,answer,edited,time
                1,int8,up,5,,,"a, b"
                2,int8,down,,"one two\nthree four","one 2 three",
                3,int8,,,,,
                4,int8,sideways,,,,
                5,int8,up
                6,int8,,2.5,,,
                """);
        FeedbackLog.Summary summary = FeedbackLog.read(List.of(table), null);
        VariantFeedback int8 = summary.variants().get("int8");
        assertThat(int8.requests()).isEqualTo(3);
        assertThat(int8.thumbsUp()).isEqualTo(0.5);
        assertThat(int8.meanRating()).isEqualTo(5);
        assertThat(int8.meanEdit()).isCloseTo(0.5, within(1e-6));
        assertThat(summary.rows()).isEqualTo(6);
        assertThat(summary.broken())
                .isEqualTo(Map.of(
                        "thumbs neither up nor down",
                        1L,
                        "cells other than those of the heading",
                        1L,
                        "rating not from 1 to 5",
                        1L));
        Path endless = Files.writeString(folder.resolve("endless.csv"), "request,variant\n\"" + "x".repeat(3_000_000));
        assertThatThrownBy(() -> FeedbackLog.read(List.of(endless), null))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("endless.csv cannot be read");
    }

    @Test
    void theDistanceIsThatOfLevenshteinOnWords() {
        assertThat(EditDistance.of("a b c", "a b c")).hasValue(0);
        assertThat(EditDistance.of("", " ")).hasValue(0);
        assertThat(EditDistance.of("a b", "")).hasValue(1);
        assertThat(EditDistance.of("a b c d", "b c d e").getAsDouble()).isCloseTo(0.5, within(1e-12));
        assertThat(EditDistance.of("k i t t e n", "s i t t i n g").getAsDouble())
                .isCloseTo(3 / 7.0, within(1e-12));
        assertThat(EditDistance.of("a ".repeat(5001), "a")).isEmpty();
    }

    @Test
    void hostileLogsEnd(@TempDir Path folder) throws IOException {
        FeedbackLog.Summary summary = read("x".repeat(10_000_000) + "\n" + "[".repeat(900_000) + "\n{\"a\":"
                + "{\"a\":".repeat(100) + "\n{\"request\": \"\ud800\", \"variant\": \"\\ud800\"}\n{\"request\": \"r\","
                + " \"variant\": \"v\", \"answer\": \"" + "a ".repeat(6000) + "\", \"edited\": \"b\"}\n"
                + " ".repeat(2_000_000));
        assertThat(summary.broken())
                .isEqualTo(Map.of(
                        "more than 1000000 characters",
                        2L,
                        "no JSON",
                        2L,
                        "edited text or answer of more than 5000 words",
                        1L));
        assertThat(summary.variants()).hasSize(1);
        Files.write(folder.resolve("log.jsonl"), new byte[] {(byte) 0xff, '\n', (byte) 0xfe});
        assertThat(FeedbackLog.read(List.of(folder.resolve("log.jsonl")), null).rows())
                .isEqualTo(2);
        assertThatThrownBy(() -> FeedbackLog.read(List.of(folder.resolve("none")), null))
                .isInstanceOf(ScoringException.class)
                .hasMessageContaining("cannot be read");
        StringBuilder many = new StringBuilder();
        for (int i = 0; i <= 1000; i++) {
            many.append("{\"request\": 1, \"variant\": ").append(i).append("}\n");
        }
        Reader variants = new StringReader(many.toString());
        assertThatThrownBy(() -> FeedbackLog.read(variants, null)).hasMessageContaining("more than 1000 variants");
    }
}
