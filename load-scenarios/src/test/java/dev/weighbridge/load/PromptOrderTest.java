package dev.weighbridge.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PromptOrderTest {
    @Test
    void usesEveryPromptOnceBeforeAnyTwice() {
        PromptOrder order = new PromptOrder(100, 4);

        int[] firstRound = IntStream.range(0, 100).map(order::promptOf).toArray();

        assertThat(Arrays.stream(firstRound).distinct().count()).isEqualTo(100);
        assertThat(firstRound).isNotEqualTo(IntStream.range(0, 100).toArray());
    }

    @Test
    void putsTwoUsesOfOnePromptAWholePoolApart() {
        PromptOrder order = new PromptOrder(7, 4);

        for (int request = 0; request < 50; request++) {
            assertThat(order.promptOf(request + 7)).isEqualTo(order.promptOf(request));
        }
    }

    @Test
    void dependsOnTheSeedAlone() {
        int[] first =
                IntStream.range(0, 50).map(new PromptOrder(50, 1)::promptOf).toArray();

        assertThat(IntStream.range(0, 50).map(new PromptOrder(50, 1)::promptOf).toArray())
                .isEqualTo(first);
        assertThat(IntStream.range(0, 50).map(new PromptOrder(50, 2)::promptOf).toArray())
                .isNotEqualTo(first);
    }
}
