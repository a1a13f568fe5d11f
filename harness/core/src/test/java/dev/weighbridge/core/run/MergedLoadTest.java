package dev.weighbridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weighbridge.analysis.load.LoadFigures;
import dev.weighbridge.analysis.load.LoadJudgement;
import dev.weighbridge.analysis.load.Window;
import dev.weighbridge.api.EngineInfo;
import dev.weighbridge.api.Precision;
import dev.weighbridge.api.load.Constant;
import dev.weighbridge.api.load.LoadScenario;
import dev.weighbridge.api.load.Outcome;
import dev.weighbridge.api.load.RequestTiming;
import dev.weighbridge.api.load.Shard;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.core.ConfigException;
import dev.weighbridge.core.load.PromptPlan;
import dev.weighbridge.datasets.demo.LoadPrompts;
import dev.weighbridge.results.Circumstances;
import dev.weighbridge.results.Manifest;
import dev.weighbridge.results.Measurement;
import dev.weighbridge.results.Reason;
import dev.weighbridge.results.Trial;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergedLoadTest {
    private static final long MILLI = 1_000_000;
    private static final Manifest.Objectives OBJECTIVES = new Manifest.Objectives(20.0, null, null, 0.9, 0);
    private static final EngineInfo INFO =
            new EngineInfo("openai", "1", "unknown", Precision.FP32, "demo", 256, Map.of());

    @TempDir
    Path folder;

    private static LoadScenario scenario(long seed) {
        return new LoadScenario(
                "steady",
                new Constant(100),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Workload.of(
                        new PromptPlan.Pool(LoadPrompts.DEMO_MIXED).open(new PromptPlan.Draw(1, 0)),
                        new TokenLength.AtMost(4),
                        seed),
                seed,
                false,
                false);
    }

    /** One in ten is late. */
    private static RequestTiming request(int index) {
        long intended = 10L * index * MILLI;
        long first = intended + (index % 10 == 0 ? 30 : 10) * MILLI;
        return new RequestTiming(
                index,
                intended,
                intended,
                new long[] {first, first + MILLI},
                new int[] {1, 1},
                first + MILLI,
                3,
                2,
                Outcome.COMPLETED,
                200,
                null,
                index,
                null);
    }

    private static JudgedLoad judged(List<RequestTiming> requests, LoadJudgement.Machine machine) {
        Circumstances circumstances =
                new Circumstances(0, 0, 1_000 * MILLI, true, false, false, 1_000.0, 9_000.0, 2, null);
        LoadFigures figures = new LoadFigures(new Window(0, 1_000 * MILLI), OBJECTIVES);
        requests.forEach(figures::add);
        return new JudgedLoad(
                LoadJudgement.of(figures, circumstances, machine, null),
                figures.measurements(),
                figures,
                circumstances);
    }

    private Path shard(int number, int count, long seed, LoadJudgement.Machine machine) {
        List<RequestTiming> requests = new ArrayList<>();
        for (int i = number; i < 100; i += count) {
            requests.add(request(i));
        }
        LoadScenario scenario = scenario(seed).with(new Shard(number, count));
        Map<String, String> clock = Map.of(MergedLoad.CLOCK_OFFSET, Double.toString(-1_000.0 * number));
        try (RecordedLoad kept =
                RecordedLoad.begin(folder.resolve("s" + number), INFO, scenario, OBJECTIVES, "test", clock)) {
            requests.forEach(kept::request);
            String origin = Double.toString(50_000 + 1_000.0 * number + 3 * number);
            return kept.commit(judged(requests, machine), Map.of(MergedLoad.ORIGIN, origin))
                    .path();
        }
    }

    @Test
    void shardsHaveTheFiguresOfTheLoadThatTheyAre() {
        List<Path> shards = new ArrayList<>();
        for (int i = 3; i >= 0; i--) {
            shards.add(shard(i, 4, 7, LoadJudgement.Machine.QUIET));
        }
        MergedLoad merged = MergedLoad.of(shards);
        List<RequestTiming> whole = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            whole.add(request(i));
        }
        List<Measurement> expected = judged(whole, LoadJudgement.Machine.QUIET).measurements();

        assertThat(merged.load().measurements()).isEqualTo(expected);
        assertThat(merged.requests())
                .extracting(RequestTiming::index)
                .isSorted()
                .hasSize(100);
        assertThat(merged.load().judgement().status()).isEqualTo(Trial.Status.COMPLETED);
        assertThat(merged.load().circumstances().ceilingRequestsPerSecond()).isEqualTo(4_000.0);
        // Their machines' clocks differ by a second each, which the server's clock shows; they began 3 ms apart.
        assertThat(merged.startsApartMillis()).isEqualTo(9.0);
    }

    @Test
    void whatDisturbedOneShardDisturbedTheLoad() {
        Reason stolen = Reason.over(Reason.Code.STEAL, 0.3, 0.1);
        List<Path> shards = List.of(
                shard(0, 2, 7, LoadJudgement.Machine.QUIET),
                shard(1, 2, 7, new LoadJudgement.Machine(List.of(stolen), List.of())));
        assertThat(MergedLoad.of(shards).load().judgement().reasons()).containsExactly(stolen);
    }

    @Test
    void aShardThatIsMissingOrThereTwiceIsTold() {
        Path first = shard(0, 3, 7, LoadJudgement.Machine.QUIET);
        Path second = shard(1, 3, 7, LoadJudgement.Machine.QUIET);
        assertThatThrownBy(() -> MergedLoad.of(List.of(first, second)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("each of the 3 shards is needed once; there are [0/3, 1/3]");
        assertThatThrownBy(() -> MergedLoad.of(List.of(first, second, second))).isInstanceOf(ConfigException.class);
    }

    @Test
    void shardsOfDifferentLoadsAreNotMixed() {
        List<Path> shards =
                List.of(shard(0, 2, 7, LoadJudgement.Machine.QUIET), shard(1, 2, 8, LoadJudgement.Machine.QUIET));
        assertThatThrownBy(() -> MergedLoad.of(shards))
                .hasMessageContaining("seed 7")
                .hasMessageContaining("seed 8");
    }
}
