package dev.weighbridge.gateway.cache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Answers of a model by the prompts that they were given to: a prompt is answered from the very same one, or from the most
 * similar one of its scope, when the cosine of their embeddings reaches the threshold. Whether that answer is right, the cache
 * cannot know; {@link CacheTrial} tells how often it is not.
 *
 * <p>What was put is found by the next look-up. Among older entries of a scope the search is approximate, and may miss a similar
 * one. Beyond the bounds of entries and bytes the least recently used ones of all scopes are given up. Bytes are counted as two
 * for each character of prompt and answer, the vector, and an allowance for the objects around them; an index holds the vectors once
 * more, and those of entries that are gone for a while longer.
 *
 * <p>Safe for use by several threads.
 */
public final class SemanticCache implements AutoCloseable {
    /** Entries of a scope that are searched as a whole before an index takes them in. */
    static final int BATCH = 256;

    /** Neighbours that are asked of an index: the search for one alone often ends beside the nearest. */
    static final int WIDTH = 64;

    private static final int WIDER = 4;
    private static final double LENGTH_TOLERANCE = 1e-3;

    private final CacheSettings settings;
    private final Embedding embedding;
    private final LongSupplier clock;
    private final int batch;

    /** Guards all fields below; held for no search and no embedding. */
    private final Object lock = new Object();

    private final Map<Scope, Partition> partitions = new HashMap<>();
    private final LinkedHashMap<Long, Entry> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private final LinkedHashMap<Long, Entry> byAge = new LinkedHashMap<>();
    private final Set<Partition> changed = new LinkedHashSet<>();
    private long nextId;
    private long bytes;
    private long exactHits;
    private long semanticHits;
    private long misses;
    private long bypassed;
    private long puts;
    private long refused;
    private long evictions;
    private long expired;
    private long exactHitNanos;
    private long semanticHitNanos;
    private long missNanos;

    /**
     * @param nanoClock nanoseconds of a clock that never goes back, such as {@code System::nanoTime}
     * @throws IllegalArgumentException when the embedding has more values than the index takes
     */
    public SemanticCache(CacheSettings settings, LongSupplier nanoClock) {
        this(settings, nanoClock, BATCH);
    }

    SemanticCache(CacheSettings settings, LongSupplier nanoClock, int batch) {
        int dimensions = settings.embedding().dimensions();
        if (dimensions > VectorIndex.MOST_DIMENSIONS) {
            throw new IllegalArgumentException(
                    "embedding " + settings.embedding().id() + " has " + dimensions
                            + " values, but the index takes at most " + VectorIndex.MOST_DIMENSIONS
                            + ". Take an embedding with fewer.");
        }
        this.settings = settings;
        this.embedding = settings.embedding();
        this.clock = nanoClock;
        this.batch = batch;
    }

    /**
     * An answer from the cache.
     *
     * @param similarity cosine of the two prompts' embeddings, from the threshold to 1; 1 when exact
     * @param exact whether the stored prompt is the very same
     * @param answer as it was put
     * @param storedPrompt that the answer was given to
     */
    public record Hit(double similarity, boolean exact, String answer, String storedPrompt) {}

    /** The answer to the same or the most similar prompt of the scope. */
    public Optional<Hit> lookup(Scope scope, String prompt) {
        if (bypasses(scope)) {
            synchronized (lock) {
                bypassed++;
            }
            return Optional.empty();
        }
        long start = clock.getAsLong();
        Optional<Hit> hit = Optional.empty();
        Partition.View view = null;
        List<Partition> due;
        synchronized (lock) {
            expire(start);
            due = due();
            Partition partition = partitions.get(scope);
            Entry same = partition == null ? null : partition.get(prompt);
            if (same != null) {
                hit = Optional.of(exactHit(same, start));
            } else if (partition != null && prompt.length() <= settings.maxPromptCharacters()) {
                view = partition.view();
            }
        }
        if (view != null && !embedding.reads(prompt)) {
            view.close();
        } else if (view != null) {
            hit = similar(view, prompt, start);
        }
        if (hit.isEmpty()) {
            miss(start);
        }
        maintain(due);
        return hit;
    }

    /**
     * Takes in an answer, in place of an earlier one to the same prompt. One that is too long, or whose prompt is too long or is not
     * read to its end by the embedding, is refused and counted; one of a scope that is not to be answered from the cache is left alone.
     */
    public void put(Scope scope, String prompt, String answer) {
        if (bypasses(scope)) {
            return;
        }
        long size = Entry.bytes(prompt, answer, embedding.dimensions());
        if (prompt.length() > settings.maxPromptCharacters()
                || answer.length() > settings.maxAnswerCharacters()
                || size > settings.maxBytes()
                || !embedding.reads(prompt)) {
            synchronized (lock) {
                refused++;
            }
            return;
        }
        float[] vector = embed(prompt);
        List<Partition> due;
        synchronized (lock) {
            long now = clock.getAsLong();
            expire(now);
            Partition partition = partitions.computeIfAbsent(scope, absent -> new Partition(absent, lock, batch));
            Entry before = partition.get(prompt);
            if (before != null) {
                remove(before);
            }
            Entry entry = new Entry(nextId++, partition, prompt, answer, size, now);
            partition.add(entry, vector);
            byUse.put(entry.id(), entry);
            byAge.put(entry.id(), entry);
            bytes += size;
            puts++;
            changed.add(partition);
            evict();
            due = due();
        }
        maintain(due);
    }

    /** What it did and what it holds. */
    public CacheStatistics statistics() {
        synchronized (lock) {
            return new CacheStatistics(
                    exactHits,
                    semanticHits,
                    misses,
                    bypassed,
                    puts,
                    refused,
                    evictions,
                    expired,
                    byUse.size(),
                    bytes,
                    partitions.size(),
                    exactHitNanos,
                    semanticHitNanos,
                    missNanos);
        }
    }

    /** Gives up all entries and their indexes. */
    @Override
    public void close() {
        List<Partition> due;
        synchronized (lock) {
            List.copyOf(byAge.values()).forEach(this::remove);
            due = due();
        }
        maintain(due);
    }

    private boolean bypasses(Scope scope) {
        return scope.sampled() && settings.sampled() == CacheSettings.Sampled.NEVER;
    }

    private float[] embed(String prompt) {
        float[] vector = embedding.of(prompt);
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (vector.length != embedding.dimensions() || !(Math.abs(squares - 1) <= LENGTH_TOLERANCE)) {
            throw new IllegalStateException("embedding " + embedding.id() + " gave " + vector.length
                    + " values of length " + Math.sqrt(squares) + ", but promises " + embedding.dimensions()
                    + " of length 1. Correct the embedding.");
        }
        return vector;
    }

    private Hit exactHit(Entry entry, long start) {
        byUse.get(entry.id());
        exactHits++;
        exactHitNanos += clock.getAsLong() - start;
        return new Hit(1, true, entry.answer(), entry.prompt());
    }

    private void miss(long start) {
        synchronized (lock) {
            misses++;
            missNanos += clock.getAsLong() - start;
        }
    }

    private Optional<Hit> similar(Partition.View view, String prompt, long start) {
        try (view) {
            float[] vector = embed(prompt);
            int width = WIDTH;
            List<VectorIndex.Neighbour> near;
            do {
                near = view.nearest(vector, settings.threshold(), width);
                Optional<Hit> hit = firstThatIsThere(near, start);
                if (hit.isPresent()) {
                    return hit;
                }
                // All are gone. More may lie behind them only where as many were found as were asked for.
                width *= WIDER;
            } while (near.size() >= width / WIDER);
            return Optional.empty();
        }
    }

    private Optional<Hit> firstThatIsThere(List<VectorIndex.Neighbour> near, long start) {
        synchronized (lock) {
            for (VectorIndex.Neighbour neighbour : near) {
                // Counts as a use, too.
                Entry entry = byUse.get(neighbour.id());
                if (entry != null) {
                    semanticHits++;
                    semanticHitNanos += clock.getAsLong() - start;
                    return Optional.of(new Hit(neighbour.similarity(), false, entry.answer(), entry.prompt()));
                }
            }
            return Optional.empty();
        }
    }

    private void expire(long now) {
        Iterator<Entry> oldest = byAge.values().iterator();
        List<Entry> old = new ArrayList<>();
        while (oldest.hasNext()) {
            Entry entry = oldest.next();
            if (now - entry.putNanos() < settings.timeToLive().toNanos()) {
                break;
            }
            old.add(entry);
        }
        expired += old.size();
        old.forEach(this::remove);
    }

    private void evict() {
        while (byUse.size() > settings.maxEntries() || bytes > settings.maxBytes()) {
            remove(byUse.values().iterator().next());
            evictions++;
        }
    }

    private void remove(Entry entry) {
        byUse.remove(entry.id());
        byAge.remove(entry.id());
        bytes -= entry.bytes();
        entry.partition().remove(entry);
        changed.add(entry.partition());
    }

    /** Changed partitions that have something to be done for outside of the lock. */
    private List<Partition> due() {
        for (Partition partition : changed) {
            if (partition.isEmpty()) {
                partitions.remove(partition.scope());
                partition.end();
            }
        }
        List<Partition> due = changed.stream().filter(Partition::isDue).toList();
        changed.clear();
        return due;
    }

    private void maintain(List<Partition> due) {
        due.forEach(partition -> partition.maintain(byUse::containsKey));
    }
}
