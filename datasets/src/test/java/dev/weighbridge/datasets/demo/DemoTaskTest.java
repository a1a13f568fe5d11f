package dev.weighbridge.datasets.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.datasets.TaskSet;
import dev.weighbridge.datasets.TaskSets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DemoTaskTest {
    @Test
    void theShippedTaskSetsAreTheTasks() {
        assertThat(Arrays.stream(DemoTask.values()).map(DemoTask::id))
                .containsExactlyInAnyOrderElementsOf(TaskSets.ids());
    }

    @ParameterizedTest
    @EnumSource
    void noPromptIsInTwoSplits(DemoTask task) {
        Set<String> test = prompts(task, Split.TEST);
        Set<String> load = prompts(task, Split.LOAD);
        Set<String> train = prompts(task, Split.TRAIN);

        assertThat(train)
                .hasSizeGreaterThan(300)
                .doesNotContainAnyElementsOf(test)
                .doesNotContainAnyElementsOf(load);
        assertThat(test).doesNotContainAnyElementsOf(load);
    }

    @Test
    void easySumsAreBelowAHundred() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            String prompt = DemoTask.ARITHMETIC.draw(Split.TRAIN, true, random).prompt();
            assertThat(prompt).matches("Compute \\d{1,2} \\+ \\d{1,2} =");
        }
    }

    @Test
    void aNegatedWordTurnsTheMoodAndTheLastPartDecides() {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 2_000; i++) {
            DemoTask.Question question = DemoTask.SENTIMENT.draw(Split.TRAIN, random);
            String last = question.prompt().replaceAll(".*(Review:|, but) ", "").replace(". Sentiment:", "");
            String word = last.substring(last.lastIndexOf(' ') + 1);
            boolean negated = last.contains(" was not ");
            String expected = Words.NEUTRAL.contains(word)
                    ? " neutral"
                    : Words.GOOD.contains(word) != negated ? " positive" : " negative";
            assertThat(question.answer()).as(question.prompt()).isEqualTo(expected);
        }
    }

    @Test
    void wordsThatMeanDifferentThingsAreDifferent() {
        Set<String> moods = new HashSet<>(Words.GOOD);
        moods.addAll(Words.BAD);
        moods.addAll(Words.NEUTRAL);
        assertThat(moods).hasSize(Words.GOOD.size() + Words.BAD.size() + Words.NEUTRAL.size());
        assertThat(Words.FRUITS).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void onlyMultipleChoiceTasksHaveChoices(DemoTask task) {
        DemoTask.Question question = task.draw(Split.TEST, new SplittableRandom(3));
        assertThat(question.choices().isEmpty()).isEqualTo(task.kind() == TaskSet.Output.GENERATE);
        assertThat(question.answer()).startsWith(" ");
    }

    private static Set<String> prompts(DemoTask task, Split split) {
        return WriteDemoData.questions(task, split, false, 5, 1_000).keySet();
    }
}
