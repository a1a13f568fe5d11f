package dev.weighbridge.engines.triton;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopTextsTest {
    private static String said(List<String> stops, String... pieces) {
        StopTexts texts = new StopTexts(stops);
        StringBuilder said = new StringBuilder();
        for (String piece : pieces) {
            said.append(texts.accept(piece));
        }
        return said.append(texts.end()).toString();
    }

    @Test
    void aTextIsCutBeforeTheFirstStopInIt() {
        assertThat(said(List.of("END", "\n"), "one\ntwo END")).isEqualTo("one");
        assertThat(said(List.of("END"), "one E", "N", "D two")).isEqualTo("one ");
        assertThat(said(List.of("END"), "one E", "N", "Dx", " more")).isEqualTo("one ");
    }

    @Test
    void whatOnlyBeginsLikeAStopIsSaid() {
        assertThat(said(List.of("END"), "EN", "EEN", "d")).isEqualTo("ENEENd");
        assertThat(said(List.of("END"), "one EN")).isEqualTo("one EN");
        assertThat(said(List.of(""), "one")).as("an empty one stops nothing").isEqualTo("one");
    }

    @Test
    void whatCannotBecomeAStopIsSaidAtOnce() {
        StopTexts texts = new StopTexts(List.of("END"));
        assertThat(texts.accept("one EN")).isEqualTo("one ");
        assertThat(texts.accept("x")).isEqualTo("ENx");
    }

    @Test
    void itDoesNotMatterHowATextIsCut() {
        Random random = new Random(3);
        for (int number = 0; number < 2_000; number++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 12; i++) {
                text.append((char) ('a' + random.nextInt(2)));
            }
            List<String> stops = List.of("abab", "bbb");
            StopTexts texts = new StopTexts(stops);
            StringBuilder said = new StringBuilder();
            for (int from = 0; from < text.length(); ) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(4));
                said.append(texts.accept(text.substring(from, to)));
                from = to;
            }
            said.append(texts.end());
            assertThat(said.toString()).as(text.toString()).isEqualTo(said(stops, text.toString()));
        }
    }
}
