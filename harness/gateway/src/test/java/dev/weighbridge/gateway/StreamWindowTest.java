package dev.weighbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.gateway.guard.GuardChain;
import dev.weighbridge.gateway.guard.PiiKind;
import dev.weighbridge.gateway.guard.PiiMasking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamWindowTest {
    private static final String TEXT = "Write to jane.doe@example.org or to the office. Then wait; no answer comes at "
            + "night! The second address, which is longer than others, is ops-team@sub.domain.example.com, and a third "
            + "one a.b@example.io? Lines\nmay end too and some text goes on without any sentence being ended for quite "
            + "some time so that the window must be released at a blank with last.one@example.net near its end and x@y "
            + "in between. Fin: z.z@example.org";

    @ParameterizedTest
    @ValueSource(strings = {"sentence", "window"})
    void howeverAStreamIsCutNothingThatIsMaskedIsSeen(String release) {
        String expected = PiiMasking.mask(TEXT, Set.of(PiiKind.EMAIL));
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int window = 40 + random.nextInt(200);
            List<String> pieces = pieces(TEXT, 1 + random.nextInt(60), random);
            AnswerFilter filter = filter(Map.of("stream-window", window, "stream-release", release));
            assertThat(run(filter, pieces)).as("seed " + seed).isEqualTo(expected + "|stop");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sentence", "window"})
    void howeverAStreamIsCutABlockComesBeforeThePhraseIsWhole(String release) {
        String before =
                "This goes on for a while without anything bad, and ends. It goes on and on and then the secret";
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            AnswerFilter filter = filter(Map.of("stream-window", 20 + random.nextInt(200), "stream-release", release));
            String seen = run(filter, pieces(before + "  word is out. More follows.", 1 + random.nextInt(30), random));
            assertThat(seen).as("seed " + seed).endsWith("|content_filter").doesNotContain("word");
            assertThat(before).as("seed " + seed).startsWith(seen.substring(0, seen.indexOf('|')));
        }
    }

    @Test
    void aPhraseOverTheEndOfASentenceIsBlocked() {
        AnswerFilter filter = new GuardStage(GuardChain.of(
                        Map.of("guards", List.of(Map.of("type", "regex", "patterns", Map.of("p", "one\\. two")))),
                        java.nio.file.Path.of("."),
                        name -> null))
                .after(call(), new Passage());
        assertThat(run(filter, List.of("and one. ", "two."))).isEqualTo("and one. |content_filter");
    }

    @Test
    void whatDependsOnALabelBeforeTheSentencesEndIsMasked() {
        AnswerFilter filter = new GuardStage(GuardChain.of(
                        Map.of("guards", List.of(Map.of("type", "pii"))), java.nio.file.Path.of("."), name -> null))
                .after(call(), new Passage());
        assertThat(run(filter, List.of("Her birthday.\n", "On 12 March 1987 ", "and born:\n", "1987-03-12", " ok.")))
                .isEqualTo("Her birthday.\nOn 12 March 1987 and born:\n[BIRTH_DATE] ok.|stop");
    }

    @Test
    void sentencesGoOnAsSoonAsTheyEndAndTheRestIsHeld() {
        AnswerFilter filter = filter(Map.of());
        assertThat(filter.accept("Hello").text()).isEmpty();
        assertThat(filter.accept(" there.").text()).isEmpty();
        assertThat(filter.accept(" How").text()).isEqualTo("Hello there. ");
        assertThat(filter.accept(" is it going").text()).isEmpty();
        assertThat(filter.accept("\n").text()).isEqualTo("How is it going\n");
        assertThat(filter.accept("你好。再").text()).isEqualTo("你好。");
        assertThat(filter.end("length")).isEqualTo(new AnswerFilter.Release("再", "length"));
    }

    @Test
    void aLongMaskedPlaceIsHeldUntilTwoWindows() {
        AnswerFilter filter = filter(Map.of("stream-window", 20));
        StringBuilder seen = new StringBuilder();
        String address = "a".repeat(60) + "@" + "b".repeat(60) + ".example.org";
        for (char c : ("to " + address + " now").toCharArray()) {
            seen.append(filter.accept(Character.toString(c)).text());
        }
        seen.append(filter.end("stop").text());
        // An address of more than six windows cannot be held back: the Javadoc says so.
        assertThat(seen.toString()).startsWith("to ").endsWith(" now").doesNotContain("@b.example");
    }

    @Test
    void noCodePointIsCut() {
        AnswerFilter filter = filter(Map.of("stream-window", 20));
        StringBuilder seen = new StringBuilder();
        String text = "x" + "😀".repeat(200);
        for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
            String more = filter.accept(text.substring(at, text.offsetByCodePoints(at, 1)))
                    .text();
            assertThat(more.isEmpty() || !Character.isHighSurrogate(more.charAt(more.length() - 1)))
                    .isTrue();
            seen.append(more);
        }
        assertThat(seen.append(filter.end("stop").text()).toString()).isEqualTo(text);
    }

    private static AnswerFilter filter(Map<String, Object> more) {
        return new GuardStage(Client.chain(more)).after(call(), new Passage());
    }

    private static Call call() {
        return Call.parse(
                Route.COMPLETION,
                "{\"prompt\":\"x\",\"stream\":true}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String run(AnswerFilter filter, List<String> pieces) {
        StringBuilder seen = new StringBuilder();
        for (String piece : pieces) {
            AnswerFilter.Release release = filter.accept(piece);
            seen.append(release.text());
            if (release.finishReason() != null) {
                return seen + "|" + release.finishReason();
            }
        }
        AnswerFilter.Release last = filter.end("stop");
        return seen + last.text() + "|" + last.finishReason();
    }

    private static List<String> pieces(String text, int most, Random random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(most));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }
}
