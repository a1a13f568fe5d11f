package dev.weighbridge.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.api.load.TokenLength;
import dev.weighbridge.datasets.demo.LoadPrompts;
import java.nio.file.Path;
import java.util.List;
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
}
