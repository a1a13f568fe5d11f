package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.api.load.Ceiling;
import dev.weighbridge.api.load.LoadGenerator;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the ceiling makes of loops whose answers and times are given. */
class ClientCeilingTest {
    private static final long MILLI = 1_000_000;

    private final List<String> asked = new ArrayList<>();

    @Test
    void whatIsReadInTheSteadyWindowIsCountedASecond() {
        // A budget of 1 s: 250 ms of warm-up and 250 ms of window for each of two loops.
        Ceiling ceiling = new ClientCeiling((tokens, gap, scenario, sink) -> {
                    note(tokens, scenario);
                    if (tokens == 1) {
                        answer(sink, Outcome.COMPLETED, 249, 249);
                        answer(sink, Outcome.COMPLETED, 250, 250);
                        answer(sink, Outcome.COMPLETED, 499, 499);
                        answer(sink, Outcome.COMPLETED, 500, 499);
                        answer(sink, Outcome.TIMED_OUT, 300, 300);
                    } else {
                        answer(sink, Outcome.COMPLETED, 260, 240, 249, 250, 251, 259);
                        answer(sink, Outcome.COMPLETED, 510, 498, 499, 500);
                        answer(sink, Outcome.CANCELLED, 300, 290, 295);
                    }
                })
                .measure(Duration.ofSeconds(1), 0);

        assertThat(ceiling.requestsPerSecond()).isEqualTo(2 / 0.25);
        assertThat(ceiling.eventsPerSecond()).isEqualTo(5 / 0.25);
        assertThat(asked).containsExactly("32 tokens, 250 ms after 250 ms", "1 tokens, 250 ms after 250 ms");
    }

    @Test
    void aWindowWithoutAnswersIsDoubledUntilThereAreSome() {
        Ceiling ceiling = new ClientCeiling((tokens, gap, scenario, sink) -> {
                    note(tokens, scenario);
                    long middle = scenario.warmUp().toMillis() * 3 / 2;
                    if (asked.size() > 2) {
                        answer(sink, Outcome.COMPLETED, middle, middle);
                    }
                })
                .measure(Duration.ofMillis(400), 0);

        assertThat(asked)
                .containsExactly(
                        "32 tokens, 100 ms after 100 ms",
                        "32 tokens, 200 ms after 200 ms",
                        "32 tokens, 400 ms after 400 ms",
                        "1 tokens, 400 ms after 400 ms");
        assertThat(ceiling).isEqualTo(new Ceiling(1 / 0.4, 1 / 0.4));
    }

    @Test
    void whenNothingIsAnsweredTheLastOutcomeIsTold() {
        ClientCeiling ceiling = new ClientCeiling((tokens, gap, scenario, sink) -> {
            note(tokens, scenario);
            answer(sink, Outcome.TIMED_OUT, 150);
        });

        assertThatThrownBy(() -> ceiling.measure(Duration.ofMillis(400), 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TIMED_OUT")
                .hasMessageContaining("127.0.0.1");
        assertThat(asked).filteredOn(loop -> loop.startsWith("32")).hasSize(4);
    }

    @Test
    void busyThreadsRunBesideTheClientAndEndWithIt() {
        List<Thread> busy = new ArrayList<>();
        new ClientCeiling((tokens, gap, scenario, sink) -> {
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().startsWith("busy-"))
                            .filter(thread -> !busy.contains(thread))
                            .forEach(busy::add);
                    answer(sink, Outcome.COMPLETED, 150, 150);
                })
                .measure(Duration.ofMillis(400), 2);

        assertThat(busy).hasSize(2).noneMatch(Thread::isAlive);
    }

    @Test
    void whatMeansNothingIsRefused() {
        ClientCeiling ceiling = new ClientCeiling((tokens, gap, scenario, sink) -> {});

        assertThatThrownBy(() -> ceiling.measure(Duration.ofMillis(10), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.01S");
        assertThatThrownBy(() -> ceiling.measure(Duration.ofSeconds(1), -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    private void note(int tokens, LoadScenario scenario) {
        asked.add(tokens + " tokens, " + scenario.duration().toMillis() + " ms after "
                + scenario.warmUp().toMillis() + " ms");
    }

    private static void answer(LoadGenerator.Sink sink, Outcome outcome, long endMillis, long... chunkMillis) {
        long[] chunks = Arrays.stream(chunkMillis).map(at -> at * MILLI).toArray();
        int[] tokens = new int[chunks.length];
        Arrays.fill(tokens, 1);
        sink.accept(new RequestTiming(
                0, 0, 0, chunks, tokens, endMillis * MILLI, 1, tokens.length, outcome, 200, null, 0, null));
    }
}
