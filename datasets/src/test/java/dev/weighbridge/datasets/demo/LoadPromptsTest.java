package dev.weighbridge.datasets.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadPromptsTest {
    @Test
    void thousandsOfPromptsAreAllDifferent() {
        assertThat(LoadPrompts.load(LoadPrompts.DEMO_MIXED, 5_000, 1))
                .hasSize(5_000)
                .doesNotHaveDuplicates();
    }

    @Test
    void theSameSeedGivesTheSamePromptsAndALargerCountOnlyAddsSome() {
        List<String> prompts = LoadPrompts.load(LoadPrompts.DEMO_MIXED, 100, 7);

        assertThat(LoadPrompts.load(LoadPrompts.DEMO_MIXED, 250, 7)).startsWith(prompts.toArray(String[]::new));
        assertThat(LoadPrompts.load(LoadPrompts.DEMO_MIXED, 100, 8)).isNotEqualTo(prompts);
    }

    @Test
    void everyTaskHasItsShare() {
        List<String> prompts = LoadPrompts.load(LoadPrompts.DEMO_MIXED, 2_000, 3);

        for (String start : List.of("Compute ", "Record: ", "Review: ", "Sort: ")) {
            assertThat(prompts.stream().filter(prompt -> prompt.startsWith(start)))
                    .as(start)
                    .hasSizeBetween(300, 700);
        }
    }

    @Test
    void noPromptIsOfAShippedTaskSet() {
        Stream<String> tested = TaskSets.ids().stream()
                .flatMap(id -> TaskSets.load(id).samples().stream())
                .map(TaskSet.Sample::prompt);

        assertThat(LoadPrompts.load(LoadPrompts.DEMO_MIXED, 5_000, 9)).doesNotContainAnyElementsOf(tested.toList());
    }

    @Test
    void anUnknownPoolAndACountOutOfBoundsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPrompts.load("chat", 10, 1))
                .withMessageContaining("'chat'")
                .withMessageContaining("demo-mixed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPrompts.load(LoadPrompts.DEMO_MIXED, 0, 1))
                .withMessageContaining("got: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPrompts.load(LoadPrompts.DEMO_MIXED, LoadPrompts.MOST + 1, 1))
                .withMessageContaining("100001");
    }
}
