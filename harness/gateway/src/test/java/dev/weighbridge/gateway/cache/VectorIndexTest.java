package dev.weighbridge.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VectorIndexTest {
    private static final int ENTRIES = 10_000;

    private static List<float[]> vectors(long seed, int count) {
        // Fewer values than standard, so that the test takes no longer than others.
        Embedding embedding = new HashedNgrams(64, HashedNgrams.Weights.STANDARD);
        return QuestionLoad.unique(seed, count).stream()
                .map(question -> embedding.of(question.prompt()))
                .toList();
    }

    @Test
    void theNearestOfTenThousandIsFoundAlmostAlways() {
        List<float[]> stored = vectors(1, ENTRIES);
        VectorIndex index = new VectorIndex();
        VectorIndex.State state = null;
        for (int start = 0; start < ENTRIES; start += SemanticCache.BATCH) {
            List<VectorIndex.Item> batch = new ArrayList<>();
            for (int i = start; i < Math.min(ENTRIES, start + SemanticCache.BATCH); i++) {
                batch.add(new VectorIndex.Item(i, stored.get(i)));
            }
            if (state != null) {
                state.release();
            }
            state = index.change(batch, List.of());
        }
        int asked = 500;
        int found = 0;
        for (float[] vector : vectors(2, asked)) {
            double best = stored.stream()
                    .mapToDouble(other -> VectorIndex.similarity(vector, other))
                    .max()
                    .orElseThrow();
            VectorIndex.Neighbour first =
                    state.nearest(vector, SemanticCache.WIDTH).get(0);
            assertThat(first.similarity()).isEqualTo(VectorIndex.similarity(vector, stored.get((int) first.id())));
            found += first.similarity() == best ? 1 : 0;
        }
        state.release();
        index.close();
        System.out.printf("recall of the nearest of %d: %.3f%n", ENTRIES, (double) found / asked);
        assertThat(found).isGreaterThanOrEqualTo((int) (0.95 * asked));
    }

    @Test
    void whatIsTakenOutIsNotFoundByLaterStates() {
        List<float[]> vectors = vectors(3, 100);
        VectorIndex index = new VectorIndex();
        List<VectorIndex.Item> items = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            items.add(new VectorIndex.Item(i, vectors.get(i)));
        }
        VectorIndex.State before = index.change(items, List.of());
        VectorIndex.State after =
                index.change(List.of(), LongStream.range(0, 99).boxed().toList());
        assertThat(before.nearest(vectors.get(7), 100)).hasSize(100).first().returns(7L, VectorIndex.Neighbour::id);
        assertThat(after.nearest(vectors.get(7), 100)).singleElement().returns(99L, VectorIndex.Neighbour::id);
        index.close();
        assertThat(after.nearest(vectors.get(7), 100)).hasSize(1);
        before.release();
        after.release();
    }
}
