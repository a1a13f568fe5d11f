package dev.weighbridge.datasets.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LoadPromptsTest {
    @Test
    void thousandsOfPromptsAreAllDifferent() {
        assertThat(draw(5_000, 1)).hasSize(5_000).doesNotHaveDuplicates();
    }

    @Test
    void theSameSeedGivesTheSamePromptsAndALargerCountOnlyAddsSome() {
        List<String> prompts = draw(100, 7);

        assertThat(draw(250, 7)).startsWith(prompts.toArray(String[]::new));
        assertThat(draw(100, 8)).isNotEqualTo(prompts);
    }

    @Test
    void everyTaskHasItsShare() {
        List<String> prompts = draw(2_000, 3);

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

        assertThat(draw(5_000, 9)).doesNotContainAnyElementsOf(tested.toList());
    }

    @Test
    void partsHaveNoPromptInCommonWhateverTheirSeeds() {
        List<String> third = draw(2_000, 1, 3);

        assertThat(draw(2_000, 2, 4)).doesNotContainAnyElementsOf(third);
        assertThat(draw(2_000, 2, 3 + LoadPrompts.PARTS))
                .as("a part is taken by its remainder")
                .containsAnyElementsOf(draw(2_000, 2, 3));
    }

    @Test
    void theDigestFollowsFromThePoolAndTheSeed() {
        assertThat(LoadPrompts.sha256(LoadPrompts.DEMO_MIXED, 1))
                .matches("[0-9a-f]{64}")
                .isEqualTo(LoadPrompts.sha256(LoadPrompts.DEMO_MIXED, 1))
                .isNotEqualTo(LoadPrompts.sha256(LoadPrompts.DEMO_MIXED, 2));
    }

    @Test
    void anUnknownPoolIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPrompts.open("chat", 1, 0))
                .withMessageContaining("'chat'")
                .withMessageContaining("demo-mixed");
    }

    private static List<String> draw(int count, long seed) {
        return draw(count, seed, 0);
    }

    private static List<String> draw(int count, long seed, int part) {
        LoadPrompts pool = LoadPrompts.open(LoadPrompts.DEMO_MIXED, seed, part);
        return IntStream.range(0, count).mapToObj(pool::prompt).toList();
    }
}
