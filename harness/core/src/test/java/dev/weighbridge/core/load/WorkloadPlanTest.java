package dev.weighbridge.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.Arrivals;
import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.api.load.Workload;
import dev.weighbridge.datasets.demo.LoadPrompts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadPlanTest {
    @Test
    void promptsOfAFileAreNotSentToWarmAnEngine() {
        PromptPlan file = new PromptPlan.Lines(Path.of("prompts.jsonl"), "prompt");
        PromptPlan pool = new PromptPlan.Pool(LoadPrompts.DEMO_MIXED);
        SessionPlan asked = SessionPlan.of(file, new TokenLength.Exactly(8));
        WorkloadPlan plan = new WorkloadPlan(List.of(asked, SessionPlan.of(pool, new TokenLength.Exactly(8))));
        assertThat(plan.forWarming().sessions())
                .extracting(SessionPlan::prompts)
                .containsExactly(pool, pool);
        assertThat(plan.forWarming().sessions().get(0).turns()).isEqualTo(asked.turns());
    }

    private static List<String> words(String prompt) {
        return List.of(prompt.split(" ", -1));
    }

    @Test
    void promptsOfTheSameBlocksBeginWithTheSameText() {
        PromptPlan plan = new PromptPlan.Synthetic(new TokenLength.Exactly(1));
        Arrivals.Lengths lengths = new Arrivals.Lengths(
                new int[] {1_100, 1_200, 700, 1_024},
                new int[] {4, 4, 4, 4},
                Optional.of(new Arrivals.Blocks(new int[][] {{7, 8, 9}, {7, 8, 10}, {11, 8}, {}}, 512)));
        Workload workload = WorkloadPlan.of(plan, new TokenLength.Exactly(4)).open(new PromptPlan.Draw(3, 0, 2));
        List<List<String>> prompts = IntStream.range(0, 4)
                .mapToObj(i -> words(
                        workload.session(i, Optional.of(lengths)).next(null).text()))
                .toList();
        // Two tokens a word: 256 words a block.
        assertThat(prompts).extracting(List::size).containsExactly(550, 600, 350, 512);
        assertThat(prompts.get(0).subList(0, 512)).isEqualTo(prompts.get(1).subList(0, 512));
        assertThat(prompts.get(0).subList(512, 550)).isNotEqualTo(prompts.get(1).subList(512, 550));
        assertThat(prompts.get(2).subList(0, 256)).isNotEqualTo(prompts.get(0).subList(0, 256));
        assertThat(prompts.get(2).subList(256, 350))
                .as("a block is the same text wherever it stands")
                .isEqualTo(prompts.get(0).subList(256, 350));

        Workload other = WorkloadPlan.of(plan, new TokenLength.Exactly(4)).open(new PromptPlan.Draw(3, 1, 2));
        assertThat(words(other.session(0, Optional.of(lengths)).next(null).text())
                        .subList(0, 20))
                .as("no cache of an earlier load answers")
                .isNotEqualTo(prompts.get(0).subList(0, 20));
    }
}
