package dev.weighbridge.core.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.weighbridge.core.ConfigException;
import dev.weighbridge.results.UserFeedback;
import dev.weighbridge.results.UserFeedback.Difference;
import dev.weighbridge.results.UserFeedback.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedbackFiguresTest {
    @TempDir
    private Path folder;

    private UserFeedback read(String log, @Nullable String baseline) throws IOException {
        return FeedbackFigures.read(List.of(Files.writeString(folder.resolve("log.jsonl"), log)), baseline);
    }

    private static UserFeedback.ByVariant of(UserFeedback feedback, String variant) {
        return feedback.variants().stream()
                .filter(by -> by.variant().equals(variant))
                .findFirst()
                .orElseThrow();
    }

    private static Score score(UserFeedback feedback, String variant, String name) {
        return of(feedback, variant).scores().stream()
                .filter(score -> score.figure().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Difference difference(UserFeedback feedback, String variant, String name) {
        Difference difference = score(feedback, variant, name).difference();
        if (difference == null) {
            throw new AssertionError("no difference of " + name);
        }
        return difference;
    }

    /** Thumbs of a variant on requests that no other answered. */
    private static String thumbs(String variant, int up, int down, int silent) {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < up + down + silent; i++) {
            log.append("{\"request\": \"")
                    .append(variant)
                    .append(i)
                    .append("\", \"variant\": \"")
                    .append(variant)
                    .append(
                            i < up
                                    ? "\", \"thumbs\": \"up\"}\n"
                                    : i < up + down ? "\", \"thumbs\": \"down\"}\n" : "\"}\n");
        }
        return log.toString();
    }

    @Test
    void sharesOfIndependentRequestsDifferByNewcombesInterval() throws IOException {
        // Newcombe (1998), table II, contrast a: 56/70 against 48/80, method 10 gives [0.0524, 0.3339].
        UserFeedback feedback = read(thumbs("new", 56, 14, 30) + thumbs("old", 48, 32, 0), "old");
        Score thumbs = score(feedback, "new", UserFeedback.THUMBS_UP);
        assertThat(thumbs.figure().value()).isCloseTo(0.8, within(1e-12));
        assertThat(thumbs.least()).isCloseTo(0.56, within(1e-12));
        assertThat(thumbs.most()).isCloseTo(0.86, within(1e-12));
        assertThat(of(feedback, "new").responseRate().value()).isCloseTo(0.7, within(1e-12));
        Difference difference = difference(feedback, "new", UserFeedback.THUMBS_UP);
        assertThat(difference.paired()).isFalse();
        assertThat(difference.figure().value()).isCloseTo(0.2, within(1e-12));
        assertThat(difference.figure().low()).isCloseTo(0.0524, within(5e-5));
        assertThat(difference.figure().high()).isCloseTo(0.3339, within(5e-5));
        assertThat(score(feedback, "old", UserFeedback.THUMBS_UP).difference()).isNull();
    }

    @Test
    void requestsThatBothAnsweredAreCompared() throws IOException {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            log.append("{\"request\": " + i + ", \"variant\": \"old\", \"thumbs\": " + (i < 10 ? 0 : 1)
                    + ", \"rating\": 3}\n");
            log.append(
                    "{\"request\": " + i + ", \"variant\": \"new\", \"thumbs\": 1, \"rating\": " + (3 + i % 2) + "}\n");
        }
        UserFeedback feedback = read(log.toString(), "old");
        Difference thumbs = difference(feedback, "new", UserFeedback.THUMBS_UP);
        assertThat(thumbs.paired()).isTrue();
        assertThat(thumbs.figure().value()).isCloseTo(0.25, within(1e-12));
        assertThat(thumbs.p()).as("exact McNemar of 10 against 0").isCloseTo(2 / 1024.0, within(1e-9));
        Difference rating = difference(feedback, "new", UserFeedback.RATING);
        assertThat(rating.figure().value()).isCloseTo(0.5, within(1e-12));
        assertThat(rating.figure().low()).isBetween(0.3, 0.5);
    }

    @Test
    void meansOfIndependentRequestsDifferByWelchsInterval() throws IOException {
        StringBuilder log = new StringBuilder();
        int[] ours = {5, 4, 5, 3, 4};
        int[] theirs = {2, 3, 1, 2};
        for (int i = 0; i < ours.length; i++) {
            log.append("{\"request\": \"n" + i + "\", \"variant\": \"new\", \"rating\": " + ours[i] + "}\n");
        }
        for (int i = 0; i < theirs.length; i++) {
            log.append("{\"request\": \"o" + i + "\", \"variant\": \"old\", \"rating\": " + theirs[i] + "}\n");
        }
        Difference difference = difference(read(log.toString(), "old"), "new", UserFeedback.RATING);
        // Variances 0.7 and 2/3; standard error √(0.14 + 1/6); 6.67 degrees of freedom, rounded down to 6: t =
        // 2.446912.
        assertThat(difference.figure().value()).isCloseTo(2.2, within(1e-6));
        assertThat(difference.figure().low()).isCloseTo(2.2 - 2.446912 * Math.sqrt(0.14 + 1 / 6.0), within(1e-4));
    }

    @Test
    void editsAreCountedByWhatIsLeft() throws IOException {
        UserFeedback feedback = read("""
                {"request": "1", "variant": "v", "answer": "one two three four", "edited": "one two three 4"}
                {"request": "2", "variant": "v", "answer": "one two", "edited": "one two"}
                {"request": "3", "variant": "v"}
                {"request": "4", "variant": "v", "rating": 9}
                """, null);
        Score edits = score(feedback, "v", UserFeedback.EDIT_SIMILARITY);
        assertThat(edits.figure().value()).isCloseTo(0.875, within(1e-6));
        assertThat(edits.least()).isCloseTo(1.75 / 3, within(1e-6));
        assertThat(edits.most()).isCloseTo(2.75 / 3, within(1e-6));
        assertThat(feedback.broken()).containsEntry("rating not from 1 to 5", 1L);
        assertThat(feedback.logs()).singleElement().satisfies(log -> {
            assertThat(log.name()).isEqualTo("log.jsonl");
            assertThat(log.sha256()).hasSize(64);
        });
    }

    @Test
    void logsThatSayNothingAreOneClearError() {
        assertThatThrownBy(() -> read("nothing\n", null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("of 1 rows none", "no JSON", "\"thumbs\"");
        assertThatThrownBy(() -> read("{\"request\": 1, \"variant\": \"v\"}", "w"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("no variant 'w'", "v");
        assertThatThrownBy(() -> FeedbackFigures.read(List.of(folder.resolve("none")), null))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("is not a file");
    }
}
