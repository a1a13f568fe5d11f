package dev.weighbridge.gateway.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one scope: the newest ones in a list that is searched as a whole, older ones in an index, which is changed in
 * batches. Everything but {@link #maintain} is called with the cache's lock held.
 */
final class Partition {
    private static final VectorIndex.Item[] NONE = {};

    private final Scope scope;
    private final Object lock;
    private final int batch;

    /** Held while the index is changed; taken before the cache's lock, never after it. */
    private final Object indexing = new Object();

    private final Map<String, Entry> byPrompt = new HashMap<>();
    private VectorIndex.Item[] recent = NONE;
    private int recentSize;
    private List<VectorIndex.Item> moving = List.of();
    private List<Long> gone = new ArrayList<>();
    private VectorIndex.@Nullable State indexed;
    private @Nullable VectorIndex index;
    private boolean closed;

    /**
     * @param lock of the cache
     * @param batch entries that are taken into the index at a time
     */
    Partition(Scope scope, Object lock, int batch) {
        this.scope = scope;
        this.lock = lock;
        this.batch = batch;
    }

    Scope scope() {
        return scope;
    }

    @Nullable
    Entry get(String prompt) {
        return byPrompt.get(prompt);
    }

    boolean isEmpty() {
        return byPrompt.isEmpty();
    }

    void add(Entry entry, float[] vector) {
        byPrompt.put(entry.prompt(), entry);
        if (recentSize == recent.length) {
            recent = Arrays.copyOf(recent, Math.max(16, 2 * recentSize));
        }
        recent[recentSize++] = new VectorIndex.Item(entry.id(), vector);
    }

    /** Its vector stays findable for a while: whoever finds it asks whether the entry is still there. */
    void remove(Entry entry) {
        byPrompt.remove(entry.prompt());
        gone.add(entry.id());
    }

    /** To be closed by {@link #maintain}; takes no entries any more. */
    void end() {
        closed = true;
    }

    /** Whether {@link #maintain} has work. */
    boolean isDue() {
        return closed || recentSize >= batch || gone.size() >= batch;
    }

    /** All vectors as they are now; to be closed. */
    View view() {
        VectorIndex.State state = indexed;
        // Later additions go behind the end of the list or into another array.
        return new View(Arrays.asList(recent).subList(0, recentSize), moving, state == null ? null : state.hold());
    }

    /**
     * Takes the newest entries into the index, and out of it what is gone. Called without the cache's lock, which would stop all
     * look-ups for the time it takes; a second caller waits, so that entries cannot come faster than the index takes them.
     *
     * @param isThere whether an entry is still there
     */
    void maintain(LongPredicate isThere) {
        synchronized (indexing) {
            List<Long> removed;
            List<VectorIndex.Item> added;
            synchronized (lock) {
                if (!isDue()) {
                    return;
                }
                removed = gone;
                // Those that an earlier call could not take in are still on their way.
                added = Stream.concat(moving.stream(), Arrays.stream(recent, 0, recentSize))
                        .filter(item -> isThere.test(item.id()))
                        .toList();
                gone = new ArrayList<>();
                recent = NONE;
                recentSize = 0;
                moving = added;
            }
            VectorIndex.State before = closed() ? close() : swap(change(added, removed));
            if (before != null) {
                before.release();
            }
        }
    }

    private boolean closed() {
        synchronized (lock) {
            return closed;
        }
    }

    private VectorIndex.State change(List<VectorIndex.Item> added, List<Long> removed) {
        VectorIndex present = index;
        if (present == null) {
            present = new VectorIndex();
            index = present;
        }
        return present.change(added, removed);
    }

    private VectorIndex.@Nullable State swap(VectorIndex.@Nullable State next) {
        synchronized (lock) {
            VectorIndex.State before = indexed;
            indexed = next;
            moving = List.of();
            return before;
        }
    }

    private VectorIndex.@Nullable State close() {
        VectorIndex present = index;
        if (present != null) {
            present.close();
            index = null;
        }
        return swap(null);
    }

    /** The vectors of a scope at one moment. */
    record View(List<VectorIndex.Item> recent, List<VectorIndex.Item> moving, VectorIndex.@Nullable State indexed)
            implements AutoCloseable {
        private static final Comparator<VectorIndex.Neighbour> BEST_FIRST = Comparator.comparingDouble(
                        VectorIndex.Neighbour::similarity)
                .reversed()
                .thenComparingLong(VectorIndex.Neighbour::id);

        /**
         * All that are similar enough, best first, and of equally similar ones the oldest.
         *
         * @param width most of the index's, whose search is approximate
         */
        List<VectorIndex.Neighbour> nearest(float[] vector, double threshold, int width) {
            List<VectorIndex.Neighbour> near = new ArrayList<>();
            for (List<VectorIndex.Item> items : List.of(recent, moving)) {
                for (VectorIndex.Item item : items) {
                    double similarity = VectorIndex.similarity(vector, item.vector());
                    if (similarity >= threshold) {
                        near.add(new VectorIndex.Neighbour(item.id(), similarity));
                    }
                }
            }
            VectorIndex.State state = indexed;
            if (state != null) {
                state.nearest(vector, width).stream()
                        .filter(neighbour -> neighbour.similarity() >= threshold)
                        .forEach(near::add);
            }
            near.sort(BEST_FIRST);
            return near;
        }

        @Override
        public void close() {
            VectorIndex.State state = indexed;
            if (state != null) {
                state.release();
            }
        }
    }
}
