package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.analysis.Metric;
import dev.weighbridge.api.Endpoint;
import dev.weighbridge.api.EngineException;
import dev.weighbridge.api.TokenCounter;
import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.ClientErrors;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.Poisson;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.core.load.WorkloadPlan;
import dev.weighbridge.results.Manifest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedLoadTest {
    private static final long MILLI = 1_000_000;

    @TempDir
    Path folder;

    private final List<String> happened = new ArrayList<>();
    private final List<RequestTiming> kept = new ArrayList<>();

    /** Hands over requests of which the server counted four tokens each, with their texts where those are asked for. */
    private final class Talking implements LoadGenerator {
        private final boolean fails;

        Talking(boolean fails) {
            this.fails = fails;
        }

        @Override
        public String description() {
            return "talking";
        }

        @Override
        public LoadRun run(Endpoint endpoint, LoadScenario scenario, @Nullable Path localReport, Sink sink) {
            for (int i = 0; i < 3; i++) {
                long at = 100L * i * MILLI;
                RequestTiming request = new RequestTiming(
                        i,
                        at,
                        at,
                        new long[] {at + MILLI},
                        new int[] {1},
                        at + MILLI,
                        5,
                        4,
                        Outcome.COMPLETED,
                        200,
                        null,
                        i,
                        null);
                sink.accept(
                        scenario.keepTexts()
                                ? request.withTexts(i == 2 ? "bad" : "a b c", i == 1 ? "d" : null)
                                : request);
            }
            happened.add("sent");
            if (fails) {
                throw new IllegalStateException("the client failed");
            }
            return new LoadRun(3, 0, 0, 1_000 * MILLI);
        }

        @Override
        public Ceiling calibrate(Duration budget, int serverThreads) {
            return new Ceiling(1e6, 1e6);
        }

        @Override
        public ClientErrors errors(Duration budget, double streamsPerSecond) {
            return new ClientErrors(1, streamsPerSecond, 0, 0, 0, 0, 0);
        }
    }

    /** Counts words, and refuses one text. */
    private final TokenCounter words = new TokenCounter() {
        @Override
        public int count(String text) {
            happened.add("counted");
            if (text.equals("bad")) {
                throw new EngineException(EngineException.Category.FAILED, "no tokens of this");
            }
            return text.split(" ", -1).length;
        }

        @Override
        public void close() {}
    };

    private JudgedLoad load(LoadGenerator generator, boolean keepTexts, Optional<TokenCounter> tokenizer) {
        LoadScenario scenario = new LoadScenario(
                "load",
                new Poisson(3),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                WorkloadPlan.of(new PromptPlan.Pool("demo-mixed"), TokenLength.parse("4"))
                        .open(new PromptPlan.Draw(1, 0)),
                1,
                true,
                keepTexts);
        return JudgedLoad.of(
                generator,
                new JudgedLoad.Target(
                        Endpoint.of(URI.create("http://127.0.0.1:9"), "m"),
                        List.of(),
                        Optional.empty(),
                        "/metrics",
                        tokenizer),
                scenario,
                new Manifest.Objectives(null, null, null, 0.9, 0.02),
                null,
                null,
                folder,
                new JudgedLoad.Progress() {
                    @Override
                    public void requestEnded() {
                        happened.add("ended");
                    }

                    @Override
                    public void loadEnded() {
                        happened.add("over");
                    }
                },
                timing -> {
                    happened.add("written");
                    kept.add(timing);
                },
                samples -> {});
    }

    @Test
    void answersAreCountedAndWrittenOnceTheLoadHasEnded() {
        JudgedLoad load = load(new Talking(false), false, Optional.of(words));

        assertThat(happened)
                .containsExactly(
                        "ended", "ended", "ended", "sent", "over", "counted", "written", "counted", "counted",
                        "written", "counted", "written");
        assertThat(kept).extracting(RequestTiming::countedTokens).containsExactly(3, 4, null);
        assertThat(kept).extracting(RequestTiming::outputTokens).containsOnly(4);
        assertThat(kept)
                .as("texts that were only read to be counted")
                .extracting(RequestTiming::text)
                .containsOnlyNulls();
        assertThat(kept).extracting(RequestTiming::reasoning).containsOnlyNulls();
        assertThat(load.measurements())
                .filteredOn(m -> m.name().equals(Metric.USAGE_DEVIATION.id()))
                .singleElement()
                .satisfies(m -> {
                    assertThat(m.value()).as("one of eight").isEqualTo(1 / 8.0);
                    assertThat(m.samples()).isEqualTo(2);
                });
    }

    @Test
    void textsThatTheScenarioKeepsStay() {
        load(new Talking(false), true, Optional.of(words));
        assertThat(kept).extracting(RequestTiming::text).containsExactly("a b c", "a b c", "bad");
    }

    @Test
    void withoutATokenizerNothingIsRead() {
        load(new Talking(false), false, Optional.empty());
        assertThat(kept).extracting(RequestTiming::text).containsOnlyNulls();
        assertThat(kept).extracting(RequestTiming::countedTokens).containsOnlyNulls();
    }

    @Test
    void whatALoadThatFailedHadReceivedIsKept() {
        assertThatThrownBy(() -> load(new Talking(true), false, Optional.of(words)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the client failed");
        assertThat(kept).hasSize(3);
    }
}
