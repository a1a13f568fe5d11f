package dev.weighbridge.analysis.statistics;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * A part of a set of samples that holds each stratum (subject, task, language) in its proportion, chosen by a seed.
 *
 * <p>Of each stratum there are as many as its exact share of the subset, rounded down or up, as under the method of largest
 * remainders. That method itself can take a sample away from a stratum when the subset grows (the Alabama paradox); which
 * strata are rounded up is therefore decided by the quota method of Balinski and Young (Am. Math. Monthly 82, 1975), under which
 * every subset holds all smaller ones. Within a stratum the order is that of a hash of seed and id: it depends neither on the
 * order in which the samples are given nor on the others.
 *
 * @param ids of the samples in the order in which they are chosen: the first n are the subset of n
 * @param population samples that there were to choose from
 */
public record StratifiedSubset(List<String> ids, int population) {

    public StratifiedSubset {
        ids = List.copyOf(ids);
        if (ids.size() > population || new HashSet<>(ids).size() < ids.size()) {
            throw new IllegalArgumentException("a subset holds different samples of its population, got: " + ids.size()
                    + " of " + population + " samples, " + new HashSet<>(ids).size() + " of them different");
        }
    }

    /**
     * Chooses a subset.
     *
     * @param strata stratum of each sample by its id
     * @param limit samples to choose, at least 1; all when there are no more
     * @param seed of the choice
     * @throws IllegalArgumentException when the limit is less than 1
     */
    public static StratifiedSubset of(Map<String, String> strata, int limit, long seed) {
        if (limit < 1) {
            throw new IllegalArgumentException("a subset holds at least 1 sample, got: " + limit);
        }
        PriorityQueue<Stratum> waiting =
                new PriorityQueue<>(Comparator.comparingLong((Stratum stratum) -> stratum.nextTurn(strata.size()))
                        .thenComparing(Stratum.BY_HASH));
        PriorityQueue<Stratum> eligible = new PriorityQueue<>(Stratum.NEEDIEST_FIRST);
        waiting.addAll(strata(strata, seed));
        List<String> ids = new ArrayList<>();
        int size = Math.min(limit, strata.size());
        for (int turn = 1; turn <= size; turn++) {
            Stratum next = waiting.peek();
            while (next != null && next.nextTurn(strata.size()) <= turn) {
                eligible.add(waiting.remove());
                next = waiting.peek();
            }
            Stratum chosen = eligible.remove();
            ids.add(chosen.ids.get(chosen.taken++));
            if (chosen.taken < chosen.ids.size()) {
                waiting.add(chosen);
            }
        }
        return new StratifiedSubset(ids, strata.size());
    }

    /**
     * How many times as large a difference must be to be found in the subset as in all samples: √(population / subset), the
     * price of the samples saved.
     *
     * @throws IllegalStateException when there are no samples
     */
    public double detectableRatio() {
        if (ids.isEmpty()) {
            throw new IllegalStateException(
                    "nothing is found in a subset without samples. Give it samples to choose from.");
        }
        return Math.sqrt((double) population / ids.size());
    }

    private static List<Stratum> strata(Map<String, String> strata, long seed) {
        Map<String, Stratum> byKey = new TreeMap<>();
        strata.forEach((id, key) -> byKey.computeIfAbsent(
                        key, stratum -> new Stratum(hash(seed, "stratum", stratum), stratum))
                .ids
                .add(id));
        for (Stratum stratum : byKey.values()) {
            Map<String, Long> hashes = new TreeMap<>();
            stratum.ids.forEach(id -> hashes.put(id, hash(seed, "sample", id)));
            stratum.ids.sort(Comparator.comparing((String id) -> hashes.getOrDefault(id, 0L))
                    .thenComparing(Comparator.naturalOrder()));
        }
        return List.copyOf(byKey.values());
    }

    private static long hash(long seed, String kind, String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
            digest.update(kind.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return ByteBuffer.wrap(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, this one has not", e);
        }
    }

    private static final class Stratum {
        static final Comparator<Stratum> BY_HASH =
                Comparator.comparingLong((Stratum stratum) -> stratum.hash).thenComparing(stratum -> stratum.key);

        /** Largest size per sample that it would then have first. */
        static final Comparator<Stratum> NEEDIEST_FIRST = Comparator.<Stratum>comparingDouble(
                        stratum -> (stratum.taken + 1.0) / stratum.ids.size())
                .thenComparing(BY_HASH);

        private final List<String> ids = new ArrayList<>();
        private final long hash;
        private final String key;
        private int taken;

        Stratum(long hash, String key) {
            this.hash = hash;
            this.key = key;
        }

        /** Smallest size of the subset of which this stratum's share, rounded up, exceeds what it has. */
        long nextTurn(int population) {
            return (long) taken * population / ids.size() + 1;
        }
    }
}
