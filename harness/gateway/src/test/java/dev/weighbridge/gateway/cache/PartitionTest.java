package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionTest {
    private static final int BATCH = 4;

    private final Partition partition = new Partition(Scope.of("", Map.of()), new Object(), BATCH);
    private final Set<Long> there = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();

    @BeforeEach
    void add() {
        for (int i = 0; i < 2 * BATCH; i++) {
            Entry entry = new Entry(i, partition, "0." + i, "answer", 1, 0);
            entries.add(entry);
            there.add(entry.id());
            partition.add(entry, new Angles().of(entry.prompt()));
        }
    }

    private void remove(int index) {
        there.remove(entries.get(index).id());
        partition.remove(entries.get(index));
    }

    private List<Long> held() {
        try (Partition.View view = partition.view()) {
            return view.nearest(new Angles().of("0"), -1, 100).stream()
                    .map(VectorIndex.Neighbour::id)
                    .toList();
        }
    }

    @Test
    void entriesThatAreGoneBeforeTheyAreIndexedAreNotTakenIn() {
        remove(0);
        remove(5);
        partition.maintain(there::contains);
        assertThat(held()).containsExactly(1L, 2L, 3L, 4L, 6L, 7L);
    }

    @Test
    void entriesThatGoLaterAreTakenOutABatchAtATime() {
        partition.maintain(there::contains);
        for (int i = 0; i < BATCH; i++) {
            assertThat(partition.isDue()).isFalse();
            partition.maintain(there::contains);
            assertThat(held()).hasSize(2 * BATCH);
            remove(i);
        }
        assertThat(partition.isDue()).isTrue();
        partition.maintain(there::contains);
        assertThat(held()).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void aViewStaysAsItWasThroughChangesAndTheEnd() {
        partition.maintain(there::contains);
        Partition.View view = partition.view();
        for (int i = 0; i < 2 * BATCH; i++) {
            remove(i);
        }
        partition.end();
        partition.maintain(there::contains);
        assertThat(held()).isEmpty();
        assertThat(view.nearest(new Angles().of("0"), -1, 100)).hasSize(2 * BATCH);
        view.close();
        partition.maintain(there::contains);
        assertThat(held()).isEmpty();
    }

    /** What is on its way into the index is neither among the newest nor in it; an index that fails leaves it there. */
    @Test
    void entriesOnTheirWayIntoTheIndexAreFound() {
        Partition wide = new Partition(Scope.of("", Map.of()), new Object(), BATCH);
        float[] vector = new float[HashedNgrams.MOST_DIMENSIONS + 1];
        vector[0] = 1;
        for (int round = 1; round <= 2; round++) {
            for (int i = 0; i < BATCH; i++) {
                wide.add(new Entry(10L * round + i, wide, round + "." + i, "answer", 1, 0), vector);
            }
            assertThatThrownBy(() -> wide.maintain(id -> true)).hasMessageContaining("1024");
            try (Partition.View view = wide.view()) {
                assertThat(view.recent()).isEmpty();
                assertThat(view.nearest(vector, 0.9, 100)).hasSize(round * BATCH);
            }
        }
    }
}
