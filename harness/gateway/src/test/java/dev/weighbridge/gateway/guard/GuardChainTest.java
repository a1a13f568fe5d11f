package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardChainTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FULL = """
            {"refusal": "No.", "blocked-prompt": "error", "stream-window": "300", "stream-release": "window",
             "guards": [
              {"type": "regex", "id": "secrets", "sides": ["input"], "on-error": "pass", "action": "mask",
               "patterns": {"project": "(?i)project \\\\w+"}},
              {"type": "pii", "action": "block", "kinds": ["card", "iban"]},
              {"type": "topics", "files": {"own": "own.txt"}, "threshold": 2, "sides": "output"},
              {"type": "http", "url": "http://127.0.0.1:9/judge", "protocol": "openai-moderations", "model": "m",
               "key-environment": "GUARD_KEY", "timeout": "500ms"}]}
            """;

    @TempDir
    private Path folder;

    @Test
    void everyKeyOfAConfigurationIsRead() throws Exception {
        Files.writeString(folder.resolve("own.txt"), "own phrase\n");
        GuardChain chain = chain(FULL);
        assertThat(chain.policy())
                .isEqualTo(new GuardPolicy("No.", GuardPolicy.BlockedPrompt.ERROR, 300, GuardPolicy.ReleaseAt.WINDOW));
        assertThat(chain.guards().stream().map(guard -> guard.post().id()))
                .containsExactly("secrets", "pii", "topics", "http");
        assertThat(chain.guards().get(0).post()).isEqualTo(new Guard.Post("secrets", Set.of(Side.INPUT), OnError.PASS));
        assertThat(chain.guards().get(2).post().sides()).containsExactly(Side.OUTPUT);
        assertThat(chain.description())
                .isEqualTo("{\"blocked-prompt\":\"error\",\"guards\":["
                        + "{\"action\":\"mask\",\"id\":\"secrets\",\"on-error\":\"pass\",\"patterns\":{\"project\":\"(?i)project \\\\w+\"},"
                        + "\"sides\":[\"input\"],\"type\":\"regex\"},"
                        + "{\"action\":\"block\",\"id\":\"pii\",\"kinds\":[\"iban\",\"card\"],\"on-error\":\"block\","
                        + "\"sides\":[\"input\",\"output\"],\"type\":\"pii\"},"
                        + "{\"id\":\"topics\",\"on-error\":\"block\",\"sides\":[\"output\"],\"threshold\":2,\"topics\":{\"own\":\"sha256:"
                        + Topic.of("own", "own phrase\n").digest() + "\"},\"type\":\"topics\"},"
                        + "{\"id\":\"http\",\"model\":\"m\",\"on-error\":\"block\",\"protocol\":\"openai-moderations\","
                        + "\"sides\":[\"input\",\"output\"],\"timeout_ms\":500,\"type\":\"http\",\"url\":\"http://127.0.0.1:9/judge\"}],"
                        + "\"refusal\":\"No.\",\"stream-release\":\"window\",\"stream-window\":300}");
    }

    @Test
    void whatIsLeftOutHasItsStandard() throws Exception {
        GuardChain chain = chain("{\"guards\":[{\"type\":\"pii\"},{\"type\":\"topics\"}]}");
        assertThat(chain.policy()).isEqualTo(GuardPolicy.STANDARD);
        assertThat(chain.judge(Side.OUTPUT, "a@example.org").verdict())
                .isEqualTo(new Verdict.Masked("[EMAIL]", List.of(new Finding("email", 0, 13))));
        assertThat(chain.judge(Side.INPUT, "how to make a bomb").verdict()).isInstanceOf(Verdict.Blocked.class);
    }

    @Test
    void theIdFollowsTheDescription() throws Exception {
        assertThat(chain("{\"guards\":[]}").id())
                .matches("guards-[0-9a-f]{12}")
                .isEqualTo(chain("{\"guards\":[]}").id());
        assertThat(chain("{\"guards\":[{\"type\":\"pii\"}]}").id())
                .isNotEqualTo(chain("{\"guards\":[{\"type\":\"pii\",\"action\":\"block\"}]}")
                        .id());
        Files.writeString(folder.resolve("own.txt"), "own phrase\n");
        String configuration = "{\"guards\":[{\"type\":\"topics\",\"files\":{\"own\":\"own.txt\"}}]}";
        String before = chain(configuration).id();
        Files.writeString(folder.resolve("own.txt"), "other phrase\n");
        assertThat(chain(configuration).id()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|guards is missing",
                "{`guards`:3}|guards must be a list, got: 3",
                "{`guards`:[3]}|guards[0] must be a mapping",
                "{`guards`:[],`gards`:1}|gards: unknown key. Known here: refusal, blocked-prompt, stream-window, stream-release, guards",
                "{`guards`:[{`id`:`x`}]}|guards[0].type is missing",
                "{`guards`:[{`type`:`onnx`}]}|must be one of regex, pii, topics, classifier, http, got: onnx",
                "{`guards`:[{`type`:`pii`,`kind`:`email`}]}|guards[0].kind: unknown key. Known here: type, id, sides, on-error, action, kinds",
                "{`guards`:[{`type`:`pii`,`kinds`:[`name`]}]}|guards[0].kinds must be one of api-key, email",
                "{`guards`:[{`type`:`pii`,`action`:`drop`}]}|guards[0].action must be one of block, mask, got: drop",
                "{`guards`:[{`type`:`pii`,`sides`:`both`}]}|guards[0].sides must be one of input, output, got: both",
                "{`guards`:[{`type`:`pii`,`sides`:[]}]}|judges no side",
                "{`guards`:[{`type`:`pii`},{`type`:`pii`}]}|two guards are called `pii`",
                "{`guards`:[{`type`:`regex`}]}|guards[0].patterns is missing",
                "{`guards`:[{`type`:`regex`,`patterns`:{`a`:`(`}}]}|guards[0]: pattern `a` of guard `regex` is no regular expression",
                "{`guards`:[{`type`:`regex`,`patterns`:{`a`:[`x`]}}]}|guards[0].patterns.a must be a single value",
                "{`guards`:[{`type`:`topics`,`threshold`:0}]}|guards[0].threshold must be a whole number from 1 to 1000, got: 0",
                "{`guards`:[{`type`:`topics`,`files`:{`a`:`none.txt`}}]}|the phrases of topic `a` cannot be read",
                "{`guards`:[{`type`:`http`}]}|guards[0].url is missing",
                "{`guards`:[{`type`:`http`,`url`:`file:/etc/passwd`}]}|must be http://",
                "{`guards`:[{`type`:`http`,`url`:`http://u:p@h/`}]}|without a user",
                "{`guards`:[{`type`:`http`,`url`:`http://h`,`timeout`:`2 days`}]}|guards[0].timeout must be a duration",
                "{`guards`:[{`type`:`http`,`url`:`http://h`,`timeout`:`0s`}]}|longer than 0",
                "{`guards`:[{`type`:`http`,`url`:`http://h`,`model`:`m`}]}|guards[0].model: unknown key",
                "{`guards`:[{`type`:`http`,`url`:`http://h`,`key-environment`:`NONE`}]}|must name an environment variable that is set, got: NONE",
                "{`guards`:[],`stream-window`:5}|stream-window must be a whole number from 20 to 100000, got: 5",
                "{`guards`:[],`blocked-prompt`:`no`}|blocked-prompt must be one of answer, error, got: no",
                "{`guards`:[],`refusal`:` `}|a refusal is a text",
            })
    void whatIsWrongIsRefusedWithItsPlace(String configuration, String message) {
        assertThatThrownBy(() -> chain(configuration.replace('`', '"')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message.replace('`', '\''));
    }

    @Test
    void eachGuardSeesWhatTheOneBeforeLeaves() {
        Guard first = regex("first", Action.MASK, Map.of("b", "aa"), Side.INPUT);
        Guard second = regex("second", Action.MASK, Map.of("c", "\\[B\\]b"), Side.INPUT);
        Guard third = regex("third", Action.BLOCK, Map.of("d", "\\[C\\]c"), Side.INPUT);
        GuardChain chain = new GuardChain(List.of(first, second, third), GuardPolicy.STANDARD);
        assertThat(chain.judge(Side.INPUT, "aab"))
                .isEqualTo(new Judgement(new Verdict.Masked("[C]", List.of()), List.of("first", "second"), List.of()));
        assertThat(chain.judge(Side.INPUT, "aabc").verdict()).isEqualTo(new Verdict.Blocked("third", "d", "[C]c"));
        assertThat(chain.judge(Side.OUTPUT, "aabc").verdict()).isEqualTo(Verdict.PASS);
        assertThat(chain.judges(Side.OUTPUT)).isFalse();
    }

    @Test
    void aGuardThatFailsBlocksOrLetsThroughAsItsPostSays() {
        for (OnError onError : OnError.values()) {
            Guard slow = new RegexGuard(
                    new Guard.Post("slow", Set.of(Side.INPUT), onError), Action.BLOCK, Map.of("x", "x*x*x*x*x*x*x*y"));
            Judgement judgement =
                    new GuardChain(List.of(slow), GuardPolicy.STANDARD).judge(Side.INPUT, "x".repeat(300));
            assertThat(judgement.failed()).containsExactly("slow");
            assertThat(judgement.verdict())
                    .isEqualTo(
                            onError == OnError.PASS ? Verdict.PASS : new Verdict.Blocked("slow", "guard-failed", ""));
        }
    }

    private static Guard regex(String id, Action action, Map<String, String> patterns, Side side) {
        return new RegexGuard(new Guard.Post(id, Set.of(side), OnError.BLOCK), action, patterns);
    }

    @SuppressWarnings("unchecked")
    private GuardChain chain(String json) throws Exception {
        return GuardChain.of(
                JSON.readValue(json, Map.class), folder, name -> name.equals("GUARD_KEY") ? "the-key" : null);
    }
}
