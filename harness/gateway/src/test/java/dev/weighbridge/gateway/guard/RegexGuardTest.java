package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegexGuardTest {
    private static final Guard.Post POST = new Guard.Post("words", Set.of(Side.INPUT, Side.OUTPUT), OnError.BLOCK);

    @Test
    void aMatchBlocksWithThePatternsNameAndABoundedExcerpt() {
        RegexGuard guard = new RegexGuard(POST, Action.BLOCK, Map.of("project", "(?i)project \\w+"));
        Verdict verdict = guard.judge(Side.OUTPUT, "a".repeat(100) + " Project Aurora" + "b".repeat(500));
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Blocked.class, blocked -> {
            assertThat(blocked.reason()).isEqualTo("project");
            assertThat(blocked.excerpt()).contains("Project Aurora").hasSize(Verdict.Blocked.MOST_EXCERPT);
        });
        assertThat(guard.judge(Side.OUTPUT, "projects")).isEqualTo(Verdict.PASS);
    }

    @Test
    void everyMatchIsMaskedAndOverlapsTogether() {
        RegexGuard guard = new RegexGuard(POST, Action.MASK, Map.of("long", "b+cc?", "short", "cd", "digit", "[0-9]"));
        assertThat(guard.judge(Side.INPUT, "1abbcd2"))
                .isEqualTo(new Verdict.Masked(
                        "[DIGIT]a[LONG][DIGIT]",
                        List.of(new Finding("digit", 0, 1), new Finding("long", 2, 5), new Finding("digit", 6, 7))));
    }

    @Test
    @Timeout(20)
    void anExpressionThatNeverEndsIsAFailure() {
        RegexGuard nested = new RegexGuard(POST, Action.BLOCK, Map.of("nested", "x*x*x*x*x*x*x*y"));
        assertThatThrownBy(() -> nested.judge(Side.INPUT, "x".repeat(300)))
                .isInstanceOf(GuardException.class)
                .hasMessageContaining("fewer repetitions");
        RegexGuard deep = new RegexGuard(POST, Action.BLOCK, Map.of("deep", "(?:a|ab)*c"));
        assertThatThrownBy(() -> deep.judge(Side.INPUT, "ab".repeat(200_000))).isInstanceOf(GuardException.class);
    }

    @Test
    void whatIsNoUsableExpressionIsRefused() {
        assertThatThrownBy(() -> new RegexGuard(POST, Action.BLOCK, Map.of("open", "(a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern 'open'")
                .hasMessageContaining("Unclosed group");
        assertThatThrownBy(() -> new RegexGuard(POST, Action.BLOCK, Map.of("all", "a*")))
                .hasMessageContaining("matches the empty text");
        assertThatThrownBy(() -> new RegexGuard(POST, Action.BLOCK, Map.of())).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> new RegexGuard(POST, Action.BLOCK, Map.of("long", "a".repeat(2001))))
                .hasMessageContaining("longer than 2000");
        assertThatThrownBy(() -> new Guard.Post("../x", Set.of(Side.INPUT), OnError.BLOCK))
                .hasMessageContaining("small letters");
    }
}
