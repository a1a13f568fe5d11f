package dev.weighbridge.datasets.contamination;

import dev.weighbridge.datasets.DataException;

/**
 * Hashes that are looked for, and whether each was found: from 20 to 40 bytes for each, by open addressing (Knuth, The Art of
 * Computer Programming, volume 3, section 6.4).
 */
final class GramTable {
    private static final long MOST = 1L << 26;
    private static final int SIEVE_BITS = 8;
    // Which no hash is: see key.
    private static final long NONE = 0;

    private final long[] keys;
    private final byte[] found;
    /** A bit or more for each key: most hashes that are not looked for end at one that is not set, and near in memory. */
    private final long[] sieve;

    private final int mask;
    private long size;

    /**
     * An empty table.
     *
     * @param most hashes that will be put into it
     * @throws DataException when they would not fit
     */
    GramTable(long most) {
        if (most > MOST) {
            throw new DataException("the samples have " + most + " parts to look for; at most " + MOST
                    + " are kept. Look for fewer samples at a time.");
        }
        // Half full at most, so that a look is short.
        int capacity = Integer.highestOneBit((int) Math.max(8, most)) << 2;
        if (capacity >> 2 == most) {
            capacity >>= 1;
        }
        keys = new long[capacity];
        found = new byte[capacity];
        sieve = new long[Math.max(1, capacity / (Long.SIZE / SIEVE_BITS))];
        mask = capacity - 1;
    }

    private static long key(long hash) {
        return hash == NONE ? 1 : hash;
    }

    private int slot(long key) {
        int slot = (int) key & mask;
        while (keys[slot] != key && keys[slot] != NONE) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int sieveAt(long key) {
        // Other bits of the hash than those of the slot, and than those of the bit.
        return (int) (key >>> 26) & (sieve.length - 1);
    }

    /** Looks for a hash from now on. */
    void add(long hash) {
        long key = key(hash);
        int slot = slot(key);
        if (keys[slot] == NONE) {
            keys[slot] = key;
            sieve[sieveAt(key)] |= 1L << (key >>> 58);
            size++;
        }
    }

    /** Takes note of a hash that was seen, if it is looked for. */
    void see(long hash) {
        long key = key(hash);
        if ((sieve[sieveAt(key)] >>> (key >>> 58) & 1) == 0) {
            return;
        }
        int slot = slot(key);
        if (keys[slot] == key) {
            found[slot] = 1;
        }
    }

    /** Whether a hash that is looked for was seen. */
    boolean seen(long hash) {
        return found[slot(key(hash))] != 0;
    }

    /** Different hashes that are looked for. */
    long size() {
        return size;
    }
}
