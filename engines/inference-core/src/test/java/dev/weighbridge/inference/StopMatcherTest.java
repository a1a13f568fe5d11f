package dev.weighbridge.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    @Test
    void stopTextOverSeveralPiecesIsFoundAndLeftOut() {
        StopMatcher matcher = new StopMatcher(List.of("END."));
        assertThat(matcher.push("the E")).isEqualTo("the ");
        assertThat(matcher.push("N")).isEmpty();
        assertThat(matcher.matched()).isFalse();
        assertThat(matcher.push("D. and more")).isEmpty();
        assertThat(matcher.matched()).isTrue();
    }

    @Test
    void textThatOnlyLookedLikeAStopIsGivenOut() {
        StopMatcher matcher = new StopMatcher(List.of("END."));
        assertThat(matcher.push("EN")).isEmpty();
        assertThat(matcher.push("EN")).isEqualTo("EN");
        assertThat(matcher.finish()).isEqualTo("EN");
    }

    @Test
    void stopThatIsCompleteFirstCounts() {
        assertThat(new StopMatcher(List.of("cd", "b")).push("abcd")).isEqualTo("a");
        assertThat(new StopMatcher(List.of("abcd", "b")).push("abcd")).isEqualTo("a");
        assertThat(new StopMatcher(List.of("cd", "bcd")).push("abcd")).isEqualTo("a");
    }

    @Test
    void everySplitGivesTheTextBeforeTheFirstStop() {
        SplittableRandom random = new SplittableRandom(9);
        for (int round = 0; round < 5000; round++) {
            String text = text(random, random.nextInt(20));
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                stops.add(text(random, 1 + random.nextInt(4)));
            }
            int first = firstStop(text, stops);
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder given = new StringBuilder();
            for (int at = 0; at < text.length() && !matcher.matched(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(4));
                given.append(matcher.push(text.substring(at, end)));
                at = end;
            }
            if (!matcher.matched()) {
                given.append(matcher.finish());
            }
            assertThat(matcher.matched()).isEqualTo(first >= 0);
            assertThat(given.toString())
                    .as("%s %s", text, stops)
                    .isEqualTo(first < 0 ? text : text.substring(0, first));
        }
    }

    /** Looks at ever longer beginnings of the text, as if it came character by character. */
    private static int firstStop(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String beginning = text.substring(0, end);
            int longest = stops.stream()
                    .filter(beginning::endsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            if (longest > 0) {
                return end - longest;
            }
        }
        return -1;
    }

    private static String text(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }
}
