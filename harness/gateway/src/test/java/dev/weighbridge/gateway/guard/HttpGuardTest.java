package dev.weighbridge.gateway.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weighbridge.gateway.TestUpstream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against real servers, good ones and bad ones. */
@Timeout(30)
class HttpGuardTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Guard.Post POST = new Guard.Post("asked", Set.of(Side.INPUT, Side.OUTPUT), OnError.BLOCK);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`action`:`pass`}|Pass[]",
                "{`action`:`mask`,`text`:`the [THING]`}|Masked[text=the [THING], findings=[]]",
                "{`action`:`block`,`reason`:`because`}|Blocked[guard=asked, reason=because, excerpt=]",
                "{`action`:`block`}|Blocked[guard=asked, reason=blocked, excerpt=]",
            })
    void theOwnProtocolIsUnderstood(String answer, String verdict) {
        try (TestUpstream server = TestUpstream.json(answer.replace('`', '"'))) {
            HttpGuard guard = guard(server.address(), HttpGuard.Protocol.WEIGHBRIDGE, null, "the-key");
            assertThat(guard.judge(Side.OUTPUT, "the \"thing\"")).hasToString(verdict);
            TestUpstream.Seen seen = server.seen().get(0);
            assertThat(seen.method()).isEqualTo("POST");
            assertThat(seen.text()).isEqualTo("{\"side\":\"output\",\"text\":\"the \\\"thing\\\"\"}");
            assertThat(seen.headers().get("Authorization")).isEqualTo("Bearer the-key");
            assertThat(guard.description().toString()).doesNotContain("the-key");
        }
    }

    @Test
    void moderationsAreUnderstood() {
        try (TestUpstream server = TestUpstream.json("{\"id\":\"m\",\"results\":[{\"flagged\":true,\"categories\":"
                + "{\"violence\":true,\"hate\":false,\"harassment\":true},\"category_scores\":{\"hate\":0.1}}]}")) {
            HttpGuard guard = guard(server.address(), HttpGuard.Protocol.OPENAI_MODERATIONS, "omni", null);
            assertThat(guard.judge(Side.INPUT, "text"))
                    .isEqualTo(new Verdict.Blocked("asked", "harassment,violence", ""));
            assertThat(server.seen().get(0).text()).isEqualTo("{\"input\":\"text\",\"model\":\"omni\"}");
            assertThat(server.seen().get(0).headers().get("Authorization")).isNull();
        }
        try (TestUpstream server = TestUpstream.json("{\"results\":[{\"flagged\":false,\"categories\":{}}]}")) {
            HttpGuard guard = guard(server.address(), HttpGuard.Protocol.OPENAI_MODERATIONS, null, null);
            assertThat(guard.judge(Side.INPUT, "text")).isEqualTo(Verdict.PASS);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WEIGHBRIDGE|nonsense|JSON",
                "WEIGHBRIDGE|[]|a JSON object",
                "WEIGHBRIDGE|{`action`:`shrug`}|an action pass, mask or block",
                "WEIGHBRIDGE|{}|an action pass, mask or block",
                "WEIGHBRIDGE|{`action`:`mask`}|a text to a mask",
                "OPENAI_MODERATIONS|{}|a list of results",
                "OPENAI_MODERATIONS|{`results`:[]}|a list of results",
                "OPENAI_MODERATIONS|{`results`:[{}]}|a flag for each result",
            })
    void anAnswerOfAnotherFormIsAFailure(HttpGuard.Protocol protocol, String answer, String wanted) {
        try (TestUpstream server = TestUpstream.json(answer.replace('`', '"'))) {
            HttpGuard guard = guard(server.address(), protocol, null, null);
            assertThatThrownBy(() -> guard.judge(Side.INPUT, "text"))
                    .isInstanceOf(GuardException.class)
                    .hasMessageEndingWith("did not answer with " + wanted);
        }
    }

    @Test
    void otherStatusesRedirectionsAndBrokenAnswersAreFailures() {
        try (TestUpstream other = TestUpstream.json("{\"action\":\"pass\"}")) {
            assertThat(failure((seen, response, out) -> response.setStatus(500)))
                    .contains("HTTP 500");
            assertThat(failure((seen, response, out) -> {
                        response.setStatus(307);
                        response.getHeaders().put("Location", other.address() + "/");
                    }))
                    .contains("HTTP 307");
            assertThat(other.seen()).isEmpty();
        }
        assertThat(failure((seen, response, out) -> {
                    out.write("{\"action\":".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    throw new IOException("dies");
                }))
                .contains("did not answer");
        assertThat(failure((seen, response, out) -> {
                    byte[] piece = new byte[1 << 16];
                    while (true) {
                        out.write(piece);
                    }
                }))
                .contains("longer than");
    }

    @Test
    void aServerThatIsTooSlowIsAFailureAlsoAmidItsAnswer() {
        CountDownLatch over = new CountDownLatch(1);
        try {
            assertThat(failure(SHORT, (seen, response, out) -> over.await(20, TimeUnit.SECONDS)))
                    .contains("did not answer");
            assertThat(failure(SHORT, (seen, response, out) -> {
                        out.write('{');
                        out.flush();
                        over.await(20, TimeUnit.SECONDS);
                    }))
                    .contains("did not answer within 400 ms");
        } finally {
            over.countDown();
        }
    }

    @Test
    void theChainCountsAFailureAndGoesOnOrBlocks() {
        try (TestUpstream server = TestUpstream.json("nonsense")) {
            for (OnError onError : OnError.values()) {
                HttpGuard guard = new HttpGuard(
                        new Guard.Post("asked", Set.of(Side.INPUT), onError),
                        endpoint(server.address(), HttpGuard.Protocol.WEIGHBRIDGE, null, LONG),
                        null);
                Judgement judgement = new GuardChain(List.of(guard), GuardPolicy.STANDARD).judge(Side.INPUT, "x");
                assertThat(judgement.failed()).containsExactly("asked");
                assertThat(judgement.verdict() instanceof Verdict.Pass).isEqualTo(onError == OnError.PASS);
            }
        }
    }

    private static String failure(TestUpstream.Script script) {
        return failure(LONG, script);
    }

    private static String failure(Duration timeout, TestUpstream.Script script) {
        try (TestUpstream server = TestUpstream.of(script)) {
            HttpGuard guard = new HttpGuard(
                    POST, endpoint(server.address(), HttpGuard.Protocol.WEIGHBRIDGE, null, timeout), null);
            Throwable failure = catchThrowable(() -> guard.judge(Side.INPUT, "text"));
            assertThat(failure).isInstanceOf(GuardException.class);
            return failure.getMessage();
        }
    }

    private static HttpGuard guard(URI address, HttpGuard.Protocol protocol, String model, String key) {
        return new HttpGuard(POST, endpoint(address, protocol, model, LONG), key);
    }

    private static HttpGuard.Endpoint endpoint(
            URI address, HttpGuard.Protocol protocol, String model, Duration timeout) {
        return new HttpGuard.Endpoint(address.resolve("/judge"), protocol, model, timeout, null);
    }
}
