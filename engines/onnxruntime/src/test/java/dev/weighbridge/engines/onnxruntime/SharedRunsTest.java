package dev.weighbridge.engines.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weighbridge.inference.backend.Segment;
import dev.weighbridge.inference.backend.Segment.Wanted;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs of at most 256 tokens. */
class SharedRunsTest {
    private final SharedRuns runs = new SharedRuns(256);

    @Test
    void rowsThatAnswerShareARunWhateverTheirLengths() {
        assertThat(split(segment(0, 7, 1), segment(1, 200, 1), segment(2, 0, 1)))
                .containsExactly(3);
    }

    @Test
    void rowsThatAnswerStepBesideAChunkOfAPromptInRunsOfTheirOwn() {
        assertThat(split(segment(0, 7, 1), segment(1, 9, 1), segment(2, 32, 16), segment(3, 5, 1), segment(4, 6, 1)))
                .containsExactly(2, 1, 2);
    }

    @Test
    void chunksThatGoOnAPromptAreComputedOneByOne() {
        assertThat(split(segment(0, 16, 16), segment(1, 16, 16))).containsExactly(1, 1);
        assertThat(split(segment(0, 0, 16), segment(1, 16, 16))).containsExactly(1, 1);
    }

    @Test
    void promptsOfOneLengthShareARun() {
        assertThat(split(segment(3, 0, 32), segment(4, 0, 32), segment(5, 0, 32)))
                .containsExactly(3);
    }

    @Test
    void promptsAreFilledUpWhereThatCostsLessThanARun() {
        assertThat(split(segment(0, 0, 10), segment(1, 0, 18))).containsExactly(2);
        assertThat(split(segment(0, 0, 10), segment(1, 0, 19))).containsExactly(1, 1);
        assertThat(split(segment(0, 0, 18), segment(1, 0, 10))).containsExactly(2);
        assertThat(split(segment(0, 0, 10), segment(1, 0, 18), segment(2, 0, 18), segment(3, 0, 60)))
                .containsExactly(3, 1);
    }

    @Test
    void slotsWithAGapBetweenThemDoNotShareARun() {
        assertThat(split(segment(0, 7, 1), segment(2, 7, 1))).containsExactly(1, 1);
        assertThat(split(segment(0, 0, 8), segment(2, 0, 8))).containsExactly(1, 1);
    }

    @Test
    void aRunOfPromptsIsNotLargerThanIsAllowed() {
        assertThat(split(segment(0, 0, 100), segment(1, 0, 100), segment(2, 0, 100)))
                .containsExactly(2, 1);
        // Filled up, the third would bring it to three times 86.
        assertThat(split(segment(0, 0, 85), segment(1, 0, 85), segment(2, 0, 86)))
                .containsExactly(2, 1);
        assertThat(split(segment(0, 0, 85), segment(1, 0, 85), segment(2, 0, 85)))
                .containsExactly(3);
    }

    private List<Integer> split(Segment... segments) {
        List<Integer> sizes = new ArrayList<>();
        int from = 0;
        while (from < segments.length) {
            int end = runs.end(List.of(segments), from);
            sizes.add(end - from);
            from = end;
        }
        return sizes;
    }

    private static Segment segment(int slot, int past, int tokens) {
        return new Segment(slot, past, new int[tokens], Wanted.LAST);
    }
}
