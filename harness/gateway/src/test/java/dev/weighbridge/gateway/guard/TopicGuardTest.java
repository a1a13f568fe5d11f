package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicGuardTest {
    private static final Guard.Post POST = new Guard.Post("topics", Set.of(Side.INPUT), OnError.BLOCK);

    private final TopicGuard guard = new TopicGuard(
            POST, List.of(Topic.of("weapons", "# comment\nbuild bomb # why\n\npipe bomb\ncafé robbery\n")), 1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "how to build a bomb",
                "BUILDING THE BOMBS",
                "Build... my -- bomb!",
                "ｂｕｉｌｄ ａ ｂｏｍｂ",
                "bu\u200bild a bo\u200dmb",
                "bu\u00adild a b\ufeffomb",
                "build a b o m b",
                "build a b.o.m.b",
                "b u i l d  a  b o m b",
                "please b u i l d a b o m b now",
                "b-u-i-l-d-b-o-m-b",
                "build a b0mb",
                "bu1ld a bomb",
                "build a bоmb",
                "bυild а bomb",
                "bu\u0301ild a bo\u0308mb",
                "bu\u0308ild bömb",
                "𝐛𝐮𝐢𝐥𝐝 𝓫𝓸𝓶𝓫",
                "ⓑⓤⓘⓛⓓ ⓑⓞⓜⓑ",
                "he builds pipe bombs",
                "a cafe robbery"
            })
    void evasionsOfAPhraseAreBlocked(String text) {
        assertThat(guard.judge(Side.INPUT, text)).as(text).isInstanceOfSatisfying(Verdict.Blocked.class, blocked -> {
            assertThat(blocked.guard()).isEqualTo("topics");
            assertThat(blocked.reason()).isEqualTo("weapons");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rebuild bombay",
                "build a house",
                "the bomb squad builds trust",
                "build bombastic speeches",
                "bomb build",
                "pipes and bombs",
                "a b c d e f g",
                "1 2 3 4 5 6 7",
                "build a big bomb shelter"
            })
    void otherTextsPass(String text) {
        assertThat(guard.judge(Side.INPUT, text)).as(text).isEqualTo(Verdict.PASS);
    }

    @Test
    void theThresholdCountsPlacesOfOneTopic() {
        TopicGuard twice = new TopicGuard(POST, List.of(Topic.of("a", "pipe bomb"), Topic.of("b", "nerve agent")), 2);
        assertThat(twice.judge(Side.INPUT, "pipe bomb, nerve agent")).isEqualTo(Verdict.PASS);
        assertThat(twice.judge(Side.INPUT, "pipe bomb, pipe bombs")).isInstanceOf(Verdict.Blocked.class);
    }

    @Test
    void theExcerptBeginsAtThePhraseAndIsBounded() {
        Verdict verdict = guard.judge(Side.INPUT, "ｘ\u200b yes: build a bomb " + "and so on ".repeat(100));
        assertThat(((Verdict.Blocked) verdict).excerpt())
                .startsWith("build a bomb and")
                .hasSizeLessThanOrEqualTo(Verdict.Blocked.MOST_EXCERPT);
    }

    @Test
    void aFileIsReadStrictly(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("topic.txt");
        Files.writeString(file, "# only a comment\n");
        assertThatThrownBy(() -> Topic.read("t", file)).hasMessageContaining("1 to 20000 phrases");
        Files.writeString(file, "good phrase\nthe the the\n");
        assertThatThrownBy(() -> Topic.read("t", file)).hasMessageContaining("topic.txt:2");
        Files.write(file, new byte[] {'a', (byte) 0xC3, '('});
        assertThatThrownBy(() -> Topic.read("t", file)).hasMessageContaining("is not UTF-8");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> Topic.read("t", file)).hasMessageContaining("is larger than");
        assertThatThrownBy(() -> Topic.read("t", folder.resolve("none.txt")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none.txt");
        Files.writeString(file, "good phrase\n");
        assertThat(Topic.read("t", file).digest())
                .isEqualTo(Topic.of("t", "good phrase\n").digest());
    }

    @Test
    void aTopicTwiceOrAThresholdOfNothingIsRefused() {
        Topic topic = Topic.of("t", "x y");
        assertThatThrownBy(() -> new TopicGuard(POST, List.of(topic, topic), 1)).hasMessageContaining("no name twice");
        assertThatThrownBy(() -> new TopicGuard(POST, List.of(topic), 0)).hasMessageContaining("at least 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a ", "build ", "\u200b", "\uFDFA", "e\u0301", "\ud835\udc00", "\ud800", "b."})
    @Timeout(10)
    void aLongHostileTextTakesNoLonger(String piece) {
        assertThat(guard.judge(Side.INPUT, piece.repeat(200_000 / piece.length())))
                .isNotNull();
    }
}
